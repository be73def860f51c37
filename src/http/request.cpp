// Looking things up in a request.
#include "http/request.hpp"

#include <algorithm>
#include <stdexcept>

#include "http/multipart.hpp"

namespace roundtrip::http {

bool Caller::may(std::string_view scope) const {
  return std::any_of(scopes.begin(), scopes.end(), [&](const std::string& held) { return held == scope || held == "admin"; });
}

std::string_view Request::param(const std::string& name) const {
  const auto at = params.find(name);
  if (at == params.end()) throw std::logic_error("the route has no parameter " + name);
  return at->second;
}

std::optional<std::string> Request::query_value(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::optional<std::string_view> Request::header(std::string_view lower_name) const { return roundtrip::header(headers, lower_name); }

std::optional<std::string> Request::cookie(std::string_view name) const {
  const auto all = header("cookie");
  if (!all) return std::nullopt;
  std::string_view rest = *all;
  while (!rest.empty()) {
    const auto end = rest.find(';');
    std::string_view pair = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    while (!pair.empty() && pair.front() == ' ') pair.remove_prefix(1);
    if (pair.size() > name.size() && pair.substr(0, name.size()) == name && pair[name.size()] == '=') {
      return std::string(pair.substr(name.size() + 1));
    }
  }
  return std::nullopt;
}

std::vector<std::pair<std::string, std::string>> parse_pairs(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> out;
  while (!text.empty() && out.size() < 1000) {
    const auto end = text.find('&');
    const std::string_view pair = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    const std::string_view value = equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
    out.emplace_back(percent_decode(pair.substr(0, equals), true), percent_decode(value, true));
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> Request::form() const { return parts ? parts->fields : parse_pairs(body); }

std::vector<UploadedFile> Request::files() const {
  std::vector<UploadedFile> out;
  const std::string_view whole = body;
  if (parts) {
    for (const auto& file : parts->files) {
      if (file.size > 0) out.push_back({file.field, file.name, file.content_type, whole.substr(file.at, file.size)});
    }
  } else if (const auto type = header("content-type").value_or(""); type.starts_with("image/")) {
    out.push_back({"", "", std::string(type), whole});
  }
  return out;
}

}  // namespace roundtrip::http
