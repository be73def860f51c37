// What a returns station remembers between two scans.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "domain/found_items.hpp"

namespace roundtrip::usecases {

struct ReturnsMemory {
  // Cards that wait for the next item.
  std::string grade, disposition, photo;
  bool reject = false;
  bool by_item = false;  // the next return is opened, and received item by item
  // Returns that the last scan may belong to, and the item that it was.
  std::vector<ReturnId> choices;
  std::string chosen_sku;
  std::int64_t chosen_units = 1;
  std::optional<FoundId> parcel;      // the open parcel that nobody announced
  std::optional<FoundId> last_found;  // recorded by the last scan: UNDO takes it back
  std::string unknown;                // what nobody knew, scanned last
  std::optional<OrderId> about;       // the order of the last scan that found no return to receive

  bool cards_wait() const { return reject || !grade.empty() || !disposition.empty(); }
  void drop_cards() {
    grade.clear();
    disposition.clear();
    photo.clear();
    reject = false;
  }
};
ReturnsMemory parse_returns_memory(const std::string& json);
std::string to_json(const ReturnsMemory& memory);

}  // namespace roundtrip::usecases
