// Behaves like Stripe's refunds endpoint as its documentation describes it; refuses what Stripe would refuse.
#include "support/fake_stripe.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/transport.hpp"

namespace roundtrip::test {
namespace {

using nlohmann::json;

std::map<std::string, std::string> parse_form(std::string_view text) {
  std::map<std::string, std::string> fields;
  while (!text.empty()) {
    const auto part = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    const auto equals = part.find('=');
    if (equals == std::string_view::npos) continue;
    fields[percent_decode(part.substr(0, equals), true)] = percent_decode(part.substr(equals + 1), true);
  }
  return fields;
}

std::string header_of(const std::string& head, const std::string& name) {
  std::string lower = head;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto at = lower.find("\r\n" + name + ":");
  if (at == std::string::npos) return "";
  const auto begin = head.find_first_not_of(' ', at + name.size() + 3);
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

json as_json(const StripeRefund& refund) {
  return {{"id", refund.id},         {"object", "refund"},    {"amount", refund.amount},
          {"charge", refund.charge}, {"currency", "eur"},     {"metadata", refund.metadata},
          {"status", refund.status}, {"created", 1234567890}, {"reason", nullptr}};
}

std::string error_json(const std::string& type, const std::string& code, const std::string& message) {
  json error = {{"type", type}, {"message", message}};
  if (!code.empty()) error["code"] = code;
  return json{{"error", error}}.dump();
}

}  // namespace

FakeStripe::FakeStripe() : server_(std::make_unique<RawServer>([this](RawConnection& connection) { serve(connection); })) {}

std::string FakeStripe::base_url() const { return server_->url(""); }

void FakeStripe::next(std::vector<StripeMood> moods) {
  const std::lock_guard lock(mutex_);
  moods_.assign(moods.begin(), moods.end());
}
void FakeStripe::next_look_ups(std::vector<StripeMood> moods) {
  const std::lock_guard lock(mutex_);
  look_up_moods_.assign(moods.begin(), moods.end());
}
void FakeStripe::capture(const std::string& charge, std::int64_t amount) {
  const std::lock_guard lock(mutex_);
  charges_[charge] = amount;
}
std::vector<StripeRefund> FakeStripe::refunds() const {
  const std::lock_guard lock(mutex_);
  return refunds_;
}
std::int64_t FakeStripe::paid(const std::string& charge) const {
  const std::lock_guard lock(mutex_);
  std::int64_t sum = 0;
  for (const auto& refund : refunds_) sum += refund.charge == charge && refund.status != "failed" ? refund.amount : 0;
  return sum;
}
int FakeStripe::posts() const {
  const std::lock_guard lock(mutex_);
  return posts_;
}
int FakeStripe::look_ups() const {
  const std::lock_guard lock(mutex_);
  return look_ups_;
}
std::vector<std::string> FakeStripe::faults() const {
  const std::lock_guard lock(mutex_);
  auto all = faults_;
  for (const auto& one : server_->faults()) all.push_back(one);
  return all;
}
void FakeStripe::forget_faults() {
  const std::lock_guard lock(mutex_);
  faults_.clear();
}
void FakeStripe::set_status(const std::string& id, const std::string& status) {
  const std::lock_guard lock(mutex_);
  for (auto& refund : refunds_) {
    if (refund.id == id) refund.status = status;
  }
}

StripeMood FakeStripe::take(std::deque<StripeMood>& moods) {
  if (moods.empty()) return StripeMood::pay;
  const StripeMood mood = moods.front();
  moods.pop_front();
  return mood;
}

void FakeStripe::fault(const std::string& what) { faults_.push_back(what); }

void FakeStripe::serve(RawConnection& connection) {
  for (;;) {
    const std::string request = connection.read_request();
    if (request.empty()) return;
    const auto end = request.find("\r\n\r\n");
    const std::string head = request.substr(0, end + 2), body = request.substr(end + 4);
    const std::string line = head.substr(0, head.find("\r\n"));
    if (header_of(head, "authorization") != "Bearer sk_test_1") {
      connection.answer(401, error_json("invalid_request_error", "", "You did not provide an API key."));
    } else if (line.starts_with("POST /v1/refunds HTTP")) {
      answer_post(connection, head, body);
    } else if (line.starts_with("GET /v1/refunds?")) {
      answer_list(connection, line.substr(4, line.rfind(' ') - 4));
    } else {
      const std::lock_guard lock(mutex_);
      fault("unexpected request: " + line);
      connection.answer(404, error_json("invalid_request_error", "", "Unrecognized request URL"));
    }
  }
}

void FakeStripe::answer_post(RawConnection& connection, const std::string& head, const std::string& body) {
  std::unique_lock lock(mutex_);
  ++posts_;
  const StripeMood mood = take(moods_);
  const std::string key = header_of(head, "idempotency-key");
  if (key.empty() || key.size() > 255) fault("no usable Idempotency-Key");
  if (header_of(head, "content-type") != "application/x-www-form-urlencoded") fault("not form-encoded");
  if (mood == StripeMood::drop) return connection.reset();
  if (mood == StripeMood::rate_limit)
    return connection.answer(429, error_json("invalid_request_error", "rate_limit", "Too many requests"), "Retry-After: 3\r\n");
  if (mood == StripeMood::server_error) return connection.answer(500, error_json("api_error", "", "Something went wrong"));
  if (mood == StripeMood::wrong_key) return connection.answer(401, error_json("invalid_request_error", "", "Invalid API Key provided"));
  if (mood == StripeMood::key_in_use) {
    return connection.answer(409,
                             error_json("idempotency_error", "idempotency_key_in_use", "There is currently another in-progress request"));
  }
  if (mood == StripeMood::garbage) return connection.answer(200, "<html>proxy</html>");
  const auto kept = keys_.find(key);
  if (kept != keys_.end()) {
    if (kept->second.params != body) {
      fault("the key " + key + " was used with other parameters");
      return connection.answer(
          400, error_json("idempotency_error", "", "Keys for idempotent requests can only be used with the same parameters"));
    }
    return connection.answer(kept->second.status, kept->second.answer, "Idempotent-Replayed: true\r\n");
  }
  auto fields = parse_form(body);
  const std::string charge = fields.contains("payment_intent") ? fields["payment_intent"] : fields["charge"];
  std::int64_t amount = 0, left = charges_.contains(charge) ? charges_[charge] : 0;
  const auto parsed = std::from_chars(fields["amount"].data(), fields["amount"].data() + fields["amount"].size(), amount);
  for (const auto& refund : refunds_) left -= refund.charge == charge && refund.status != "failed" ? refund.amount : 0;
  const auto refuse = [&](int status, const std::string& code, const std::string& message) {
    keys_[key] = {body, error_json("invalid_request_error", code, message), status};
    connection.answer(status, keys_[key].answer);
  };
  if (!charges_.contains(charge)) return refuse(404, "resource_missing", "No such charge: '" + charge + "'");
  if (parsed.ec != std::errc{} || amount <= 0) return refuse(400, "parameter_invalid_integer", "Invalid integer: amount");
  if (mood == StripeMood::decline) return refuse(400, "charge_already_refunded", "Charge has already been refunded.");
  if (amount > left) return refuse(400, "charge_already_refunded", "Refund amount is greater than unrefunded amount on charge");
  StripeRefund refund{"re_" + std::to_string(refunds_.size() + 1),        charge, key,
                      mood == StripeMood::pend ? "pending" : "succeeded", amount, {}};
  for (const auto& [name, value] : fields) {
    if (name.starts_with("metadata[") && name.ends_with("]")) refund.metadata[name.substr(9, name.size() - 10)] = value;
  }
  refunds_.push_back(refund);
  keys_[key] = {body, as_json(refund).dump(), 200};
  const std::string answer = keys_[key].answer;
  lock.unlock();
  if (mood == StripeMood::pay_then_drop) return connection.reset();
  if (mood == StripeMood::pay_then_500) return connection.answer(500, error_json("api_error", "", "Something went wrong"));
  if (mood == StripeMood::pay_slowly) return connection.wait_for_close();
  connection.answer(200, answer);
}

void FakeStripe::answer_list(RawConnection& connection, const std::string& target) {
  const std::lock_guard lock(mutex_);
  ++look_ups_;
  switch (take(look_up_moods_)) {
    case StripeMood::drop:
      return connection.reset();
    case StripeMood::server_error:
      return connection.answer(500, error_json("api_error", "", "Something went wrong"));
    case StripeMood::rate_limit:
      return connection.answer(429, error_json("invalid_request_error", "rate_limit", "Too many requests"));
    case StripeMood::garbage:
      return connection.answer(200, "{\"object\":\"list\"");
    default:
      break;
  }
  auto query = parse_form(std::string_view(target).substr(target.find('?') + 1));
  const std::string charge = query.contains("payment_intent") ? query["payment_intent"] : query["charge"];
  if (!charges_.contains(charge)) return connection.answer(404, error_json("invalid_request_error", "resource_missing", "No such charge"));
  int limit = 10;
  std::from_chars(query["limit"].data(), query["limit"].data() + query["limit"].size(), limit);
  if (limit < 1 || limit > 100) return connection.answer(400, error_json("invalid_request_error", "parameter_invalid_integer", "limit"));
  json data = json::array();
  bool more = false, begun = query["starting_after"].empty();
  for (auto refund = refunds_.rbegin(); refund != refunds_.rend(); ++refund) {  // newest first
    if (refund->charge != charge) continue;
    if (!begun) {
      begun = refund->id == query["starting_after"];
      continue;
    }
    if (data.size() == static_cast<std::size_t>(limit)) {
      more = true;
      break;
    }
    data.push_back(as_json(*refund));
  }
  connection.answer(200, json{{"object", "list"}, {"data", data}, {"has_more", more}, {"url", "/v1/refunds"}}.dump());
}

}  // namespace roundtrip::test
