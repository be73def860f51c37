// Documents that come as URLs: how they are fetched where a carrier has no way of its own.
#include "carriers/shipping.hpp"

#include "carriers/reply.hpp"
#include "carriers/shipping_parts.hpp"

namespace roundtrip::carriers {

HttpRequest Shipping::document_request(const CarrierAccount& account, const LabelDocument& document) const {
  HttpRequest request;
  const bool own = !account.base_url.empty() && document.url.starts_with(account.base_url + "/");
  if (own || document.url.starts_with("https://")) request.url = document.url;
  // The token goes to nobody but the carrier.
  if (!account.token.empty() && own) request.headers = {{"Authorization", "Bearer " + account.token}};
  request.timeout_ms = account.timeout_ms;
  request.max_reply_bytes = kMostReplyBytes;
  return request;
}

LabelReply Shipping::parse_document(const HttpOutcome& outcome, const LabelDocument& document) const {
  const auto call = trouble_of(outcome);
  if (call.trouble != Trouble::none) return {call.trouble, call.detail, call.retry_after_us, {}};
  const std::string& body = outcome.response->body;
  const auto format = format_of(body);
  if (format.empty()) return {Trouble::bad_reply, "no label of a known format", 0, {}};
  LabelReply reply;
  reply.label.documents.push_back({document.part, std::string(format), body, document.url});
  return reply;
}

}  // namespace roundtrip::carriers
