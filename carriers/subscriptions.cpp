// Reading answers to subscriptions.
#include "carriers/subscriptions.hpp"

#include <algorithm>

#include "carriers/reply.hpp"

namespace roundtrip::carriers {

SubscribeReply failed_subscribe(const CallTrouble& call) { return {call.trouble, call.detail, call.retry_after_us, {}, {}}; }

SubscribeReply single_subscribe(const CallTrouble& call, std::span<const std::string> numbers) {
  SubscribeReply reply = failed_subscribe(call);
  const bool about_number = call.trouble == Trouble::bad_request || call.trouble == Trouble::not_found;
  if (about_number) reply.trouble = Trouble::none;
  if (call.trouble == Trouble::none) reply.accepted.assign(numbers.begin(), numbers.end());
  if (about_number) reply.refused.assign(numbers.begin(), numbers.end());
  return reply;
}

SubscribeReply read_subscribe(const Subscriptions& subscriptions, const HttpOutcome& outcome, std::span<const std::string> numbers) {
  SubscribeReply said;
  if (outcome.response && outcome.response->body.size() > kMostReplyBytes) return {Trouble::bad_reply, "an answer too large", 0, {}, {}};
  try {
    said = subscriptions.parse_subscribe(outcome, numbers);
  } catch (const std::exception& fault) {
    said = {Trouble::bad_reply, fault.what(), 0, {}, {}};
  }
  SubscribeReply reply{said.trouble, clean_text(said.detail), said.retry_after_us, {}, {}};
  const auto is_in = [](const std::vector<std::string>& list, const std::string& number) {
    return std::any_of(list.begin(), list.end(), [&](const auto& one) { return plain_number(one) == plain_number(number); });
  };
  for (const auto& number : numbers) {
    if (is_in(said.refused, number))
      reply.refused.push_back(number);
    else if (said.trouble == Trouble::none)
      (is_in(said.accepted, number) ? reply.accepted : reply.refused).push_back(number);
  }
  return reply;
}

bool subscribes(const Carrier& carrier, const CarrierAccount& account) {
  return carrier.subscriptions() != nullptr && !account.push_secret.empty();
}

}  // namespace roundtrip::carriers
