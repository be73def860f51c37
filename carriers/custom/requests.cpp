// Requests to described carriers: templates filled in, each value escaped for the place it stands in.
#include <algorithm>
#include <charconv>

#include "base/secrets.hpp"
#include "carriers/custom/description.hpp"

namespace roundtrip::carriers::custom {
namespace {
using Escape = std::string (*)(std::string_view);

std::string without_controls(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= ' ' && c != '\x7F') out += c;
  }
  return out;
}

std::string for_xml(std::string_view text) {
  std::string out;
  for (const char c : without_controls(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&apos;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string for_json(std::string_view text) {
  const auto quoted = Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
  return quoted.substr(1, quoted.size() - 2);
}

Escape escape_of(BodyKind kind) {
  switch (kind) {
    case BodyKind::json:
      return for_json;
    case BodyKind::xml:
      return for_xml;
    case BodyKind::form:
      return percent_encode;
    case BodyKind::text:
      return without_controls;
  }
  return without_controls;
}

std::string value_of(std::string_view name, const CarrierAccount& account, const TrackQuery& query) {
  if (name == "number") return query.number;
  if (name == "reference") return query.reference;
  if (name == "postal_code") return query.postal_code;
  if (name == "country") return query.country;
  if (name == "locale") return query.locale;
  if (name == "key") return account.key;
  if (name == "secret") return account.secret;
  if (name == "customer") return account.customer;
  return "";
}

std::string filled(const Template& form, const CarrierAccount& account, std::span<const TrackQuery> queries, const std::string& join,
                   Escape escape) {
  std::string out;
  for (const auto& piece : form.pieces) {
    if (!piece.placeholder) {
      out += piece.text;
    } else if (piece.text == "numbers") {
      for (std::size_t i = 0; i < queries.size(); ++i) out += (i == 0 ? "" : join) + escape(queries[i].number);
    } else {
      out += escape(value_of(piece.text, account, queries.empty() ? TrackQuery{} : queries.front()));
    }
  }
  return out;
}

std::string_view content_type_of(BodyKind kind) {
  switch (kind) {
    case BodyKind::json:
      return "application/json";
    case BodyKind::xml:
      return "text/xml; charset=utf-8";
    case BodyKind::form:
      return "application/x-www-form-urlencoded";
    case BodyKind::text:
      return "text/plain; charset=utf-8";
  }
  return "";
}

bool has_header(const Headers& headers, std::string_view name) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::any_of(
      headers, [&](const auto& one) { return std::ranges::equal(one.first, name, [&](char a, char b) { return lower(a) == lower(b); }); });
}

void sign(const Description& description, const CarrierAccount& account, HttpRequest& request) {
  switch (description.auth.kind) {
    case AuthRule::Kind::none:
      break;
    case AuthRule::Kind::basic:
      request.headers.emplace_back("Authorization", "Basic " + to_base64(account.key + ":" + account.secret));
      break;
    case AuthRule::Kind::header:
      request.headers.emplace_back(description.auth.header, without_controls(description.auth.prefix + account.key));
      break;
    case AuthRule::Kind::bearer:
      request.headers.emplace_back("Authorization", "Bearer " + without_controls(account.key));
      break;
    case AuthRule::Kind::oauth2:
      request.headers.emplace_back("Authorization", "Bearer " + without_controls(account.token));
      break;
  }
}

std::string base_of(const Description& description, const CarrierAccount& account) {
  std::string base = account.base_url.empty() ? description.base_url : account.base_url;
  while (!base.empty() && base.back() == '/') base.pop_back();
  return base;
}
}  // namespace

bool Template::uses(std::string_view placeholder) const {
  return std::ranges::any_of(pieces, [&](const Piece& piece) { return piece.placeholder && piece.text == placeholder; });
}

HttpRequest described_request(const Description& description, const CarrierAccount& account, std::span<const TrackQuery> queries) {
  if (!description.request) return {};
  const auto& rule = *description.request;
  HttpRequest request;
  request.method = rule.method;
  request.url = base_of(description, account) + filled(rule.path, account, queries, rule.join, percent_encode);
  char mark = request.url.find('?') == std::string::npos ? '?' : '&';
  for (const auto& [name, value] : rule.query) {
    request.url += mark + percent_encode(name) + "=" + filled(value, account, queries, percent_encode(rule.join), percent_encode);
    mark = '&';
  }
  for (const auto& [name, value] : rule.headers)
    request.headers.emplace_back(name, filled(value, account, queries, rule.join, without_controls));
  sign(description, account, request);
  request.body = filled(rule.body, account, queries, rule.join, escape_of(rule.body_is));
  if (!request.body.empty() && !has_header(request.headers, "Content-Type"))
    request.headers.emplace_back("Content-Type", std::string(content_type_of(rule.body_is)));
  if (!has_header(request.headers, "Accept"))
    request.headers.emplace_back("Accept", description.kind == DocumentKind::json ? "application/json" : "application/xml");
  return request;
}

HttpRequest described_token_request(const Description& description, const CarrierAccount& account) {
  const auto& auth = description.auth;
  if (auth.kind != AuthRule::Kind::oauth2) return {};
  HttpRequest request;
  request.method = "POST";
  request.url = auth.token_url.starts_with("/") ? base_of(description, account) + auth.token_url : auth.token_url;
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}};
  request.body = "grant_type=client_credentials";
  if (!auth.scope.empty()) request.body += "&scope=" + percent_encode(auth.scope);
  if (auth.credentials_in_body)
    request.body += "&client_id=" + percent_encode(account.key) + "&client_secret=" + percent_encode(account.secret);
  else
    request.headers.emplace_back("Authorization", "Basic " + to_base64(account.key + ":" + account.secret));
  return request;
}

TokenReply described_token(const Description& description, const HttpOutcome& outcome, TokenReply standard) {
  if (standard.trouble != Trouble::none || description.auth.lives.empty()) return standard;
  const Document document = Document::of(outcome.response->body);
  if (!document.json) return standard;
  const auto lives = first_text(description.auth.lives, Spot{&*document.json, {}});
  std::int64_t seconds = 0;
  const auto [end, fault] = std::from_chars(lives.data(), lives.data() + lives.size(), seconds);
  constexpr std::int64_t kDayS = 86'400;
  if (fault == std::errc{} && seconds > 0) standard.lives_us = std::min(seconds, kDayS) * kSecond;
  return standard;
}

}  // namespace roundtrip::carriers::custom
