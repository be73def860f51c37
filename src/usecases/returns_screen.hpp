// What the returns station's screen shows between scans: the case with the customer's words, the policy's verdict, and what waits.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "store/found_items.hpp"
#include "store/return_cases.hpp"
#include "usecases/photos.hpp"
#include "usecases/returns.hpp"
#include "usecases/returns_memory.hpp"

namespace roundtrip::usecases {

struct ReturnsScreen {
  ReturnsMemory memory;
  std::vector<store::AwaitingReturn> choices;
  std::optional<store::FoundRow> parcel;  // that nobody announced, and is open here
  std::vector<store::FoundRow> contents;
  struct Line {
    store::CaseLine line;
    std::string disposal;  // what the product says where the goods are, if anything
  };
  struct Case {
    ReturnView view;
    store::CaseHead head;
    std::vector<Line> lines;
    std::optional<store::ReceiptRow> last;  // the newest receipt that UNDO would take back
    std::optional<Instant> undo_until;      // then its refund is paid; nothing: there is none, or it is on its way
    std::vector<Photo> photos;              // the customer's and ours, of the return or the order
  };
  std::optional<Case> open;
};
// Reads what a station's memory and open return stand for.
ReturnsScreen read_returns_screen(const Context& context, WarehouseId warehouse, std::optional<ReturnId> open, const std::string& memory);

// Keeps a photo of the goods under the return that is open at the station, for the next item's inspection too. Refused (no_return) when
// none is open there.
Result<PhotoId> take_station_photo(const Context& context, const std::string& station, std::string_view bytes);

// The disposal text of a product's care (JSON by locale) for a country: of a locale of that country, else of its language, else English,
// else the first there is.
std::string disposal_text(const std::string& care, const std::string& country);

}  // namespace roundtrip::usecases
