// One exchange under its locks, and the steps it takes. Within the room only.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "domain/notifications.hpp"
#include "usecases/exchange_steps.hpp"

namespace roundtrip::usecases {

// The exchange with everything its rules look at: its return and, once there is one, its replacement's order are locked.
class Exchanging {
 public:
  Exchanging(store::Transaction& tx, const Context& context, store::OrderHead& head, store::ExchangeRow row);

  store::ExchangeRow& row() { return row_; }
  bool replacement_left();
  std::int64_t owed_now();
  // Every step that the facts ask for, and word to the customer of where that led.
  void settle();
  // One step of the table, which has it.
  void take(domain::ExchangeEvent event);
  void save();
  std::vector<std::string> take_freed() { return std::move(freed_); }
  // What a message is about: the return, and the replacement when there is one.
  std::string about() const;
  // On the timeline of the order that the goods came from; `detail` is a JSON object.
  void note(const char* type, const std::string& detail = "{}");

 private:
  bool triggered() const;
  domain::ExchangeFacts facts();
  std::string waiting_words() const;
  void reserve();
  void hold(const std::string& reason);
  void want_payment();
  void release();
  void cancel();
  void note_replacement(const char* type, const std::string& detail);

  store::Transaction& tx_;
  const Context& context_;
  store::OrderHead& head_;
  store::ExchangeRow row_;
  std::optional<store::OrderHead> replacement_;
  std::vector<std::string> freed_;
  bool approved_ = false, open_ = false, arrived_ = false;
  std::int64_t received_ = 0, accepted_ = 0;
};

// What was asked for, as it is kept.
std::string wanted_json(const PricedExchange& priced);
PricedExchange priced_from(const std::string& wanted);

}  // namespace roundtrip::usecases
