// A parcel turns around: an inbound nobody announced, made out of what the carrier says.
#include "usecases/undeliverable.hpp"

#include <nlohmann/json.hpp>

#include "store/policies.hpp"
#include "store/returns.hpp"
#include "store/tracking.hpp"
#include "usecases/return_steps.hpp"

namespace roundtrip::usecases {
namespace {
using domain::Suggestion;

// The reason of its lines; damage is a word of the policy's, which sends such goods to quarantine.
std::string line_reason(domain::TrackingReason reason) {
  if (reason == domain::TrackingReason::carrier_damaged) return "damaged_in_transit";
  return reason == domain::TrackingReason::none ? "undeliverable" : std::string(domain::to_text(reason));
}

store::ReturnRow row_of(store::Transaction& tx, const Context& context, const store::OrderHead& head, const TurnedParcel& turned,
                        Suggestion suggestion) {
  store::ReturnRow row;
  row.order = head.id;
  row.kind = domain::ReturnKind::undeliverable;
  // What is to be sent again is no refund: on its arrival a person decides.
  row.outcome = suggestion == Suggestion::resend ? domain::ReturnOutcome::exchange : domain::ReturnOutcome::refund;
  row.status = domain::ReturnStatus::approved;
  row.policy_version = store::current_policy(tx, context.merchant).version;
  row.decision = R"({"allowed":true,"approved":true,"freight_paid_by":"merchant","trace":[]})";
  row.requested_by = context.actor.name;
  row.carrier = turned.carrier;
  row.tracking_number = turned.number;
  row.parcel = turned.parcel;
  row.suggestion = suggestion;
  row.created_at = row.updated_at = context.now;
  return row;
}

// Its return was forgotten when the carrier said that it was delivered; now it comes after all.
void expect_once_more(store::Transaction& tx, const Context& context, store::OrderHead& head, const TurnedParcel& turned, ReturnId id) {
  auto found = store::lock_return(tx, context.merchant, head.id, id);
  std::vector<store::LineUnits> announced;
  for (const auto& free : store::units_to_come_back(tx, context.merchant, turned.parcel)) {
    for (auto& line : found->lines) {
      if (line.state.line != free.state.line) continue;
      const auto units = domain::expect_again(line.state, free.state.announced);
      if (units > 0) announced.push_back({line.state.line, units, 0});
    }
  }
  if (announced.empty()) return;
  store::move_line_counters(tx, context.merchant, head.id, announced);
  derive_header(*found, context.now);
  store::save_return(tx, context.merchant, found->row, found->lines);
  note_return(tx, context, head, "return.expected", id, nlohmann::ordered_json{{"parcel", to_text(turned.parcel)}}.dump());
}

}  // namespace

void expect_undeliverable(store::Transaction& tx, const Context& context, store::OrderHead& head, const TurnedParcel& turned) {
  if (const auto known = store::return_of_parcel(tx, context.merchant, turned.parcel))
    return expect_once_more(tx, context, head, turned, *known);
  auto lines = store::units_to_come_back(tx, context.merchant, turned.parcel);
  if (lines.empty()) return;
  for (auto& line : lines) line.reason = line_reason(turned.reason);
  const auto suggestion = domain::suggestion_for(turned.reason);
  const auto id = store::insert_return(tx, context.merchant, row_of(tx, context, head, turned, suggestion), lines);
  store::queue_returns_in_transit(tx, context.merchant, {id}, context.now);
  const nlohmann::ordered_json detail = {
      {"parcel", to_text(turned.parcel)}, {"reason", domain::to_text(turned.reason)}, {"suggestion", domain::to_text(suggestion)}};
  note_return(tx, context, head, "return.expected", id, detail.dump());
}

void forget_undeliverable(store::Transaction& tx, const Context& context, store::OrderHead& head, ParcelId parcel) {
  const auto id = store::return_of_parcel(tx, context.merchant, parcel);
  auto found = id ? store::lock_return(tx, context.merchant, head.id, *id) : std::nullopt;
  if (!found) return;
  std::vector<store::LineUnits> back;
  for (auto& line : found->lines) {
    const auto units = domain::end_wait(line.state, domain::ReceptionEvent::give_up);
    if (units > 0) back.push_back({line.state.line, -units, 0});
  }
  if (back.empty()) return;
  store::move_line_counters(tx, context.merchant, head.id, back);
  derive_header(*found, context.now);
  store::save_return(tx, context.merchant, found->row, found->lines);
  note_return(tx, context, head, "return.not_coming", *id);
}

}  // namespace roundtrip::usecases
