// What adapters that buy labels share: documents by their bytes, and fields as carriers limit them.
#include "carriers/shipping.hpp"

#include "base/secrets.hpp"
#include "carriers/reply.hpp"

namespace roundtrip::carriers {

std::string_view document_format(std::string_view bytes) {
  using namespace std::string_view_literals;
  const auto begins = [&](std::string_view start) { return bytes.starts_with(start); };
  if (begins("%PDF-")) return "pdf";
  if (begins("\x89PNG\r\n\x1A\n"sv)) return "png";
  if (begins("GIF87a") || begins("GIF89a")) return "gif";
  if (begins("\xFF\xD8\xFF"sv)) return "jpg";
  if (begins("II*\0"sv) || begins("MM\0*"sv)) return "tiff";
  const auto first = bytes.find_first_not_of(" \t\r\n");
  // ZPL begins a format with ^XA; before it commands with ~ or comments may stand.
  if (first != std::string_view::npos && (bytes[first] == '^' || bytes[first] == '~') && bytes.find("^XA") != std::string_view::npos)
    return "zpl";
  return "";
}

std::optional<LabelDocument> document_from_base64(LabelPart part, std::string_view base64) {
  auto bytes = from_base64(base64);
  if (!bytes || bytes->empty()) return std::nullopt;
  const auto format = document_format(*bytes);
  if (format.empty()) return std::nullopt;
  return LabelDocument{part, std::string(format), std::move(*bytes), ""};
}

std::string fitted(std::string_view text, std::size_t characters) {
  std::string clean = clean_text(text);
  std::size_t seen = 0;
  for (std::size_t at = 0; at < clean.size(); ++at) {
    if ((static_cast<unsigned char>(clean[at]) & 0xC0) == 0x80) continue;
    if (seen++ == characters) {
      clean.resize(at);
      break;
    }
  }
  while (!clean.empty() && clean.back() == ' ') clean.pop_back();
  return clean;
}

std::pair<std::string, std::string> first_and_last_name(std::string_view name) {
  const std::string clean = clean_text(name);
  const auto blank = clean.rfind(' ');
  if (blank == std::string::npos) return {clean, clean};
  return {clean.substr(0, blank), clean.substr(blank + 1)};
}

std::string uuid_of(std::string_view text) {
  std::string hex = sha256_hex(text).substr(0, 32);
  hex[12] = '8';                  // version
  hex[16] = "89ab"[hex[16] % 4];  // variant
  for (const std::size_t at : {8u, 13u, 18u, 23u}) hex.insert(at, 1, '-');
  return hex;
}

HttpRequest Shipping::document_request(const CarrierAccount& account, const LabelDocument& document) const {
  HttpRequest request;
  request.url = document.url;
  // The token goes to nobody but the carrier.
  if (!account.token.empty() && !account.base_url.empty() && document.url.starts_with(account.base_url + "/"))
    request.headers = {{"Authorization", "Bearer " + account.token}};
  request.timeout_ms = account.timeout_ms;
  request.max_reply_bytes = kMostReplyBytes;
  return request;
}

LabelReply Shipping::parse_document(const HttpOutcome& outcome, const LabelDocument& document) const {
  const auto call = trouble_of(outcome);
  if (call.trouble != Trouble::none) return {call.trouble, call.detail, call.retry_after_us, {}};
  const std::string& body = outcome.response->body;
  const auto format = document_format(body);
  if (format.empty()) return {Trouble::bad_reply, "no label of a known format", 0, {}};
  LabelReply reply;
  reply.label.documents.push_back({document.part, std::string(format), body, document.url});
  return reply;
}

}  // namespace roundtrip::carriers
