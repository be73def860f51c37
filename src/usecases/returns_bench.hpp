// What the files of the returns station share. Private to scan_returns.cpp, scan_returns_cards.cpp, scan_returns_found.cpp.
#pragma once
#include "store/returns.hpp"
#include "usecases/bench.hpp"
#include "usecases/found_items.hpp"
#include "usecases/returns.hpp"
#include "usecases/returns_memory.hpp"

namespace roundtrip::usecases {

struct ReturnsBench {
  Bench& bench;
  ReturnsMemory& memory;
};

// Receives a return: everything (`only` empty) or some units; puts what came of it into the answer.
void receive_at(ReturnsBench& at, OrderId order, ReturnId id, const std::vector<ReceivedUnits>& only);
// Opens it without receiving anything: its items are scanned one by one.
void open_at(ReturnsBench& at, OrderId order, ReturnId id);
// The case of an order: its open return, one of several, or none.
void find_case_of(ReturnsBench& at, OrderId order);
// Lists returns to choose from.
void offer_choices(ReturnsBench& at, const std::vector<store::AwaitingReturn>& returns, const std::string& why);

void card_at_returns(ReturnsBench& at);

// A parcel that nobody announced, by what stands on it.
void find_parcel_at(ReturnsBench& at, const std::string& number, std::optional<OrderId> order);
// An item that does not belong: recorded, and put aside for a person.
void find_item_at(ReturnsBench& at, domain::FoundKind kind, OrderId order, ReturnId id, const std::string& awaited);
// An item out of the open parcel that nobody announced.
void find_content_at(ReturnsBench& at);

// What is still awaited, in words: "2 x MUG, 1 x PLATE"; empty: nothing.
std::string awaited_words(const std::vector<store::ReturnLineRow>& lines);
NextStep next_return();

}  // namespace roundtrip::usecases
