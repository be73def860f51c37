// Reads accounts, their states and their loads.
#include "usecases/carrier_accounts.hpp"

#include <algorithm>

#include "carriers/accounts.hpp"
#include "carriers/subscriptions.hpp"
#include "store/carrier_accounts.hpp"
#include "store/subscriptions.hpp"
#include "usecases/push_subscriptions.hpp"

namespace roundtrip::usecases {
namespace {

std::string push_word(const carriers::Carrier& carrier, const carriers::CarrierAccount& account) {
  if (!carrier.capabilities().pushes) return "";
  if (account.push_secret.empty()) return "no_secret";
  return carriers::subscribes(carrier, account) ? "subscribes" : "set_up";
}

CarrierAccountView account_view(store::Queryable& db, const carriers::CarrierAccount& account, Instant now) {
  CarrierAccountView view;
  view.carrier = account.carrier;
  view.account = account.account;
  view.quota = account.quota;
  if (const auto* carrier = carriers::find_carrier(account.carrier)) {
    view.title = carrier->title();
    view.numbers_per_call = carriers::numbers_per_call(*carrier, account);
    view.push = push_word(*carrier, account);
  }
  const auto state = store::account_state(db, {account.carrier, account.account});
  const Instant free = domain::free_at(state, account.quota, now);
  const bool left_alone = state.open_until && *state.open_until > now;
  view.state = left_alone ? "left_alone" : (free > now ? "waiting" : "open");
  if (free > now) view.free_at = free;
  if (left_alone) view.why = state.why;
  view.last_answer_at = state.last_answer_at;
  view.last_failure_at = state.last_failure_at;
  return view;
}

void add_load(store::Queryable& db, CarrierAccountView& view, const std::string& name, Instant now) {
  const auto load = store::account_load(db, {view.carrier, name}, now);
  view.parcels += load.active;
  view.due += load.due;
  if (view.push == "subscribes") view.subscribed += store::subscribed_trackers(db, {view.carrier, name}, now);
  if (load.due_since && (!view.due_since || *load.due_since < *view.due_since)) view.due_since = load.due_since;
}

}  // namespace

Result<std::vector<CarrierAccountView>> carrier_accounts(store::Database& db, const Config& config, Instant now) {
  const auto accounts = carriers::accounts_of(config);
  if (!accounts) return accounts.error();
  store::Session session(db);
  std::vector<CarrierAccountView> views;
  for (const auto& account : *accounts) {
    auto& view = views.emplace_back(account_view(session, account, now));
    if (!view.push.empty()) view.push_url = push_url(config.text("http.public_url"), view.carrier);
    for (const auto& name : carriers::names_in_trackers(*accounts, account)) add_load(session, view, name, now);
    view.round_us = domain::round_us(view.quota, view.numbers_per_call, view.parcels);
    view.forecast = domain::forecast_words(view.quota, view.numbers_per_call, view.parcels);
  }
  return views;
}

Result<std::optional<CarrierAccountView>> carrier_account(store::Database& db, const Config& config, const std::string& carrier,
                                                          const std::string& account, Instant now) {
  const auto accounts = carriers::accounts_of(config);
  if (!accounts) return accounts.error();
  store::Session session(db);
  for (const auto& one : *accounts) {
    const auto names = carriers::names_in_trackers(*accounts, one);
    if (one.carrier == carrier && std::find(names.begin(), names.end(), account) != names.end())
      return std::optional(account_view(session, one, now));
  }
  return std::optional<CarrierAccountView>();
}

}  // namespace roundtrip::usecases
