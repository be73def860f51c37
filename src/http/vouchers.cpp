// /v1/vouchers: store credit for the storefront. Codes travel in bodies, never in paths, which end up in logs. Every verb is idempotent by
// its own reference, so that no answer with a code is kept for an Idempotency-Key.
#include "usecases/vouchers.hpp"

#include <nlohmann/json.hpp>

#include "http/api.hpp"
#include "http/body.hpp"
#include "http/views.hpp"

namespace roundtrip::http {
namespace {

using nlohmann::ordered_json;

constexpr std::int64_t kLargestAmount = 1'000'000'000'000'000;

ordered_json voucher_json(const usecases::VoucherView& voucher) {
  ordered_json entries = ordered_json::array();
  for (const auto& entry : voucher.entries) {
    entries.push_back({{"kind", entry.kind},
                       {"amount", entry.amount},
                       {"reference", entry.reference},
                       {"actor", entry.actor},
                       {"at", format_rfc3339(entry.at)}});
  }
  return {{"id", to_text(voucher.id)},
          {"code", voucher.code},
          {"status", voucher.status},
          {"balance", money_json(voucher.balance, voucher.currency)},
          {"reason", voucher.reason},
          {"customer",
           {{"external_id", text_json(voucher.customer_external_id)},
            {"email", text_json(voucher.customer_email)},
            {"name", text_json(voucher.customer_name)}}},
          {"order_id", voucher.order ? ordered_json(to_text(*voucher.order)) : ordered_json(nullptr)},
          {"return_id", voucher.return_id ? ordered_json(to_text(*voucher.return_id)) : ordered_json(nullptr)},
          {"created_at", format_rfc3339(voucher.created_at)},
          {"expires_at", time_json(voucher.expires_at)},
          {"entries", entries}};
}

Reply issue(const Services& services, const Request& request) {
  Body body(request.body);
  Fields root = body.root();
  usecases::NewVoucher wanted;
  wanted.reference = root.text("reference", {.required = true, .max = 200});
  wanted.amount = root.integer("amount", true, 0, 1, kLargestAmount);
  wanted.currency = root.text("currency", {.required = true, .max = 3});
  wanted.reason = root.optional_text("reason", {.max = 20}).value_or("goodwill");
  Fields customer = root.object("customer");
  wanted.customer_external_id = customer.text("external_id", {.max = 200});
  wanted.customer_email = customer.text("email", {.max = 320});
  wanted.customer_name = customer.text("name", {.max = 200});
  const std::string order = root.text("order_id", {.max = 40});
  if (!order.empty()) {
    wanted.order = parse_id<OrderId>(order);
    if (!wanted.order) root.fault("order_id", "invalid", "An order's id looks like ord_1.");
  }
  wanted.expires_at = root.time("expires_at");
  if (const auto refused = body.finish()) return problem_reply(*refused);
  const auto issued = usecases::issue_voucher(context_of(services, request), wanted);
  return issued ? json_reply(issued->fresh ? 201 : 200, voucher_json(issued->voucher)) : problem_reply(issued.error());
}

Reply list_of_customer(const Services& services, const Request& request) {
  const auto limit = page_limit(request);
  if (!limit) return problem_reply(limit.error());
  const auto customer = request.query_value("customer_external_id"), email = request.query_value("email");
  if (customer.value_or("").empty() == email.value_or("").empty())
    return problem_reply({ErrorKind::invalid, "customer_needed", "Name one customer: customer_external_id or email."});
  ordered_json items = ordered_json::array();
  for (const auto& voucher :
       usecases::vouchers_of_customer(context_of(services, request), customer.value_or(""), email.value_or(""), *limit))
    items.push_back(voucher_json(voucher));
  return json_reply(200, {{"items", items}});
}

Reply find(const Services& services, const Request& request) {
  Body body(request.body);
  const std::string code = body.root().text("code", {.required = true, .max = 60});
  if (const auto refused = body.finish()) return problem_reply(*refused);
  const auto found = usecases::find_voucher(context_of(services, request), code);
  return found ? json_reply(200, voucher_json(*found)) : problem_reply(found.error());
}

Reply redemption_reply(const Result<usecases::Redemption>& done) {
  if (!done) return problem_reply(done.error());
  return json_reply(
      200,
      {{"amount", money_json(done->amount, done->voucher.currency)}, {"repeated", !done->fresh}, {"voucher", voucher_json(done->voucher)}});
}

Reply redeem(const Services& services, const Request& request) {
  Body body(request.body);
  Fields root = body.root();
  const std::string code = root.text("code", {.required = true, .max = 60});
  const std::int64_t amount = root.integer("amount", true, 0, 1, kLargestAmount);
  const std::string currency = root.text("currency", {.required = true, .max = 3});
  const std::string reference = root.text("reference", {.required = true, .max = 200});
  if (const auto refused = body.finish()) return problem_reply(*refused);
  return redemption_reply(usecases::redeem_voucher(context_of(services, request), code, amount, currency, reference));
}

Reply release(const Services& services, const Request& request) {
  Body body(request.body);
  Fields root = body.root();
  const std::string code = root.text("code", {.required = true, .max = 60});
  const std::string reference = root.text("reference", {.required = true, .max = 200});
  if (const auto refused = body.finish()) return problem_reply(*refused);
  return redemption_reply(usecases::release_redemption(context_of(services, request), code, reference));
}

}  // namespace

void add_voucher_routes(Router& router, const Services& services) {
  const auto route = [&](const char* method, const char* pattern, const char* scope, auto handler) {
    router.add(
        {method, pattern, Gate::api, scope, [&services, handler](const Request& request) { return handler(services, request); }, false});
  };
  route("POST", "/v1/vouchers", "vouchers:write", issue);
  route("GET", "/v1/vouchers", "vouchers:write", list_of_customer);
  route("POST", "/v1/vouchers/find", "vouchers:redeem", find);
  route("POST", "/v1/vouchers/redeem", "vouchers:redeem", redeem);
  route("POST", "/v1/vouchers/release", "vouchers:redeem", release);
}

}  // namespace roundtrip::http
