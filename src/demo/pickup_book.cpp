// What the demo carrier checks before it comes.
#include "demo/pickup_book.hpp"

#include <algorithm>

#include "domain/pickups.hpp"

namespace roundtrip::demo {
namespace {
constexpr int kDaysAhead = 10;  // days from Monday to Friday

std::string fault_of_door(const PickupDoor& door) {
  if (door.name.empty()) return "address.name";
  if (door.line1.empty()) return "address.line1";
  if (door.city.empty()) return "address.city";
  if (door.postal_code.empty()) return "address.postal_code";
  return door.country.size() == 2 ? "" : "address.country";
}

// The day is of the door's zone, which may be a day before or after ours.
bool can_come(const std::string& day, Instant now) {
  for (const std::int64_t shift : {-kDay, std::int64_t{0}, kDay}) {
    const auto days = domain::pickup_days(format_date(now + shift), kDaysAhead);
    if (std::find(days.begin(), days.end(), day) != days.end()) return true;
  }
  return false;
}

PickupAnswer refused(int status, std::string fault) { return {status, std::move(fault), {}}; }

// What is wrong with a call; nothing: somebody comes.
std::optional<PickupAnswer> refusal_of_pickup(const PickupCall& call, bool known, Instant now) {
  if (!known) return refused(404, "unknown_parcel");
  if (const auto fault = fault_of_door(call.door); !fault.empty()) return refused(422, fault);
  if (!can_come(call.day, now)) return refused(422, "day");
  return std::nullopt;
}
}  // namespace

std::string PickupBook::fresh_serial() const { return std::to_string(100001 + pickups_.size()); }

PickupAnswer PickupBook::book(const PickupCall& call, bool known, Instant now) {
  if (call.key.empty()) return refused(400, "idempotency_key");
  const std::lock_guard lock(mutex_);
  if (const auto found = keyed_.find(call.key); found != keyed_.end()) {
    if (found->second.first != call.content) return refused(409, "idempotency_key_reused");
    return {200, "", pickups_.at(found->second.second)};
  }
  if (auto no = refusal_of_pickup(call, known, now)) return std::move(*no);
  const std::string serial = fresh_serial();
  const DemoPickup made{"PU" + serial, call.day, "DEMO-" + serial, false};
  pickups_[made.id] = made;
  keyed_[call.key] = {call.content, made.id};
  return {201, "", made};
}

PickupAnswer PickupBook::offer(const PickupCall& call, bool known, Instant now) {
  const std::lock_guard lock(mutex_);
  if (auto no = refusal_of_pickup(call, known, now)) return std::move(*no);
  const DemoPickup made{"PU" + fresh_serial(), call.day, "", false};
  pickups_[made.id] = made;
  return {201, "", made};
}

std::optional<DemoPickup> PickupBook::find(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = pickups_.find(id);
  return found == pickups_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<DemoPickup> PickupBook::take_up(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = pickups_.find(id);
  if (found == pickups_.end() || found->second.canceled || !found->second.confirmation.empty()) return std::nullopt;
  found->second.confirmation = "DEMO-" + id.substr(2);
  return found->second;
}

std::optional<DemoPickup> PickupBook::cancel(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = pickups_.find(id);
  if (found == pickups_.end()) return std::nullopt;
  found->second.canceled = true;
  return found->second;
}

std::size_t PickupBook::standing() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(std::count_if(pickups_.begin(), pickups_.end(),
                                                [](const auto& one) { return !one.second.canceled && !one.second.confirmation.empty(); }));
}

}  // namespace roundtrip::demo
