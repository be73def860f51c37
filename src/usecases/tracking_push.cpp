// What carriers send to us: proven by one of their accounts, taken for the trackers of that account.
#include <algorithm>
#include <map>
#include <set>

#include "carriers/accounts.hpp"
#include "store/tracking.hpp"
#include "usecases/tracking.hpp"
#include "usecases/tracking_carriers.hpp"

namespace roundtrip::usecases {

struct PushRoom {
  struct Sender {
    carriers::CarrierAccount account;
    std::vector<std::string> names;  // in trackers
    RecordPlan plan;
  };
  std::vector<Sender> senders;
};

namespace {
using Sender = PushRoom::Sender;

constexpr std::size_t kMostPushed = 500;

// Those who may have sent it: accounts of one carrier may share a secret.
std::vector<const Sender*> senders_of(const PushRoom& room, const carriers::Carrier& speaks, const Push& push) {
  std::vector<const Sender*> proven;
  for (const auto& sender : room.senders) {
    if (sender.account.carrier == speaks.name() && speaks.push_is_genuine(sender.account, push.headers, push.url_secret, push.body))
      proven.push_back(&sender);
  }
  return proven;
}

const Sender* sender_for(const std::vector<const Sender*>& proven, const store::TrackerRow& tracker) {
  for (const auto* sender : proven) {
    if (std::ranges::find(sender->names, tracker.account) != sender->names.end()) return sender;
  }
  return nullptr;
}

// What is said of the tracker's life of its number; the push may speak of several lives, and several times of one.
std::vector<carriers::TrackedNumber> said_of(const store::TrackerRow& tracker, const std::vector<carriers::TrackedNumber>& items) {
  carriers::TrackReply about;
  for (const auto& item : items) {
    if (item.number == tracker.number && item.trouble == carriers::Trouble::none) about.items.push_back(item);
  }
  if (about.items.empty()) return {};
  const auto query = query_of(tracker);
  const auto life = carriers::matched(about, {&query, 1}).items.at(0).reference;
  std::erase_if(about.items, [&](const auto& item) { return item.reference != life || is_another_life(item, tracker); });
  return about.items;
}
}  // namespace

std::shared_ptr<const PushRoom> make_push_room(const Config& config) {
  const auto accounts = carriers::accounts_of(config);
  if (!accounts) throw std::runtime_error(accounts.error().message);
  const auto options = poll_options(config);
  auto room = std::make_shared<PushRoom>();
  for (const auto& account : *accounts) {
    const auto* speaks = carriers::find_carrier(account.carrier);
    if (speaks != nullptr && speaks->capabilities().pushes && !account.push_secret.empty())
      room->senders.push_back({account, carriers::names_in_trackers(*accounts, account), plan_of(account, options)});
  }
  return room;
}

Result<PushDone> take_push(store::Database& db, const PushRoom& room, const Push& push, Instant now) {
  const auto* speaks = carriers::find_carrier(push.carrier);
  const auto proven = speaks == nullptr ? std::vector<const Sender*>{} : senders_of(room, *speaks, push);
  if (proven.empty()) return Error{ErrorKind::not_found, "not_found", "there is nothing here"};
  const auto reply = speaks->parse_push(push.body);
  if (reply.trouble != carriers::Trouble::none)
    return Error{ErrorKind::malformed, "malformed_push", "the push cannot be read: " + reply.detail};
  if (reply.items.size() > kMostPushed) {
    return Error{ErrorKind::too_large, "too_many_items",
                 "a push may speak of at most " + std::to_string(kMostPushed) + " numbers: send it in parts"};
  }
  std::vector<std::string> numbers;
  for (const auto& item : reply.items) numbers.push_back(item.number);
  std::vector<store::TrackerRow> trackers;
  {
    store::Session session(db);
    trackers = store::trackers_of_numbers(session, push.carrier, numbers);
  }
  std::map<const Sender*, std::vector<TrackingCheck>> checks;
  std::set<std::string> known;
  for (const auto& tracker : trackers) {
    known.insert(tracker.number);
    const auto* sender = sender_for(proven, tracker);
    if (sender == nullptr) continue;
    for (auto& said : said_of(tracker, reply.items))
      checks[sender].push_back({.tracker = tracker, .said = std::move(said), .pushed = true});
  }
  for (const auto& [sender, of_sender] : checks) record_checks(db, of_sender, sender->plan, now);
  PushDone done;
  for (const auto& number : numbers) (known.contains(number) ? done.known : done.unknown) += 1;
  return done;
}

}  // namespace roundtrip::usecases
