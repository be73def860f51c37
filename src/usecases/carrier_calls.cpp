// Calls of carriers that buy, void and close out.
#include "usecases/carrier_calls.hpp"

#include <future>

namespace roundtrip::usecases {
namespace {
using carriers::Trouble;

constexpr std::size_t kMostDocumentBytes = 8u << 20;

std::string part_text(carriers::LabelPart part) {
  switch (part) {
    case carriers::LabelPart::label:
      return "label";
    case carriers::LabelPart::qr:
      return "qr";
    case carriers::LabelPart::customs_form:
      return "customs_form";
    case carriers::LabelPart::receipt:
      return "receipt";
  }
  return "label";
}

}  // namespace

std::optional<std::vector<store::BookingDocument>> documents_of(const CarrierRoom& room, const Account& account,
                                                                const std::vector<carriers::LabelDocument>& documents) {
  std::vector<store::BookingDocument> out;
  const auto* shipping = account.carrier.shipping();
  for (carriers::LabelDocument document : documents) {
    if (document.bytes.empty()) {
      const auto answer = call_carrier(room, account, [&](const auto& entitled) { return shipping->document_request(entitled, document); });
      const auto reply = shipping->parse_document(answer.outcome, document);
      if (answer.trouble != Trouble::none || reply.trouble != Trouble::none || reply.label.documents.empty()) return std::nullopt;
      document = reply.label.documents.front();
    }
    out.push_back({part_text(document.part), document.format, std::move(document.bytes)});
  }
  return out;
}

CarrierAnswer call_carrier(const CarrierRoom& room, const Account& account,
                           const std::function<HttpRequest(const carriers::CarrierAccount&)>& request_for) {
  carriers::CarrierAccount entitled = account.account;
  if (account.carrier.capabilities().needs_token) {
    std::promise<carriers::TokenReply> promise;
    account.token.with_token(account.carrier, account.account, room.transport,
                             [&promise](const carriers::TokenReply& reply) { promise.set_value(reply); });
    const auto reply = promise.get_future().get();
    if (reply.trouble != Trouble::none) return {reply.trouble, reply.detail, reply.retry_after_us, {}};
    entitled.token = reply.token;
  }
  HttpRequest request = request_for(entitled);
  request.timeout_ms = entitled.timeout_ms;
  request.max_reply_bytes = kMostDocumentBytes;
  CarrierAnswer answer;
  answer.outcome = room.transport.send(request);
  if (answer.outcome.response && answer.outcome.response->status == 401) account.token.refuse(entitled.token);
  return answer;
}

CarrierAnswer call_entitled(const CarrierRoom& room, const Account& account,
                            const std::function<HttpRequest(const carriers::CarrierAccount&)>& request_for) {
  const auto& shipping = *account.carrier.shipping();
  if (!shipping.payment_request(account.account)) return call_carrier(room, account, request_for);
  const auto paid = call_carrier(room, account, [&](const auto& entitled) { return *shipping.payment_request(entitled); });
  if (paid.trouble != Trouble::none) return paid;
  const auto reply = shipping.parse_payment(paid.outcome);
  if (reply.trouble != Trouble::none) return {reply.trouble, reply.detail, reply.retry_after_us, {}};
  return call_carrier(room, account, [&](carriers::CarrierAccount entitled) {
    entitled.payment_token = reply.token;
    return request_for(entitled);
  });
}

BookingOutcome outcome_of(Trouble trouble, const std::string& detail, std::int64_t retry_after_us) {
  const std::string why = std::string(carriers::to_text(trouble)) + (detail.empty() ? "" : ": " + detail);
  const bool again = trouble == Trouble::rate_limited || trouble == Trouble::service || trouble == Trouble::auth;
  return {again ? BookingOutcome::Kind::retry : BookingOutcome::Kind::dead, why, retry_after_us};
}

}  // namespace roundtrip::usecases
