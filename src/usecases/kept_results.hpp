// Results of work that cannot be read again from what it left, as the text that note_done keeps for a lost answer.
#pragma once
#include <string>

#include "usecases/found_items.hpp"
#include "usecases/returns.hpp"

namespace roundtrip::usecases {

std::string kept_text(const ReturnReceived& received);
ReturnReceived received_from(const std::string& text);

std::string kept_text(const ReceiptUndone& undone);
ReceiptUndone undone_from(const std::string& text);

// Without the view: the found item is read again.
std::string kept_text(const FoundSettled& settled);
FoundSettled settled_from(const std::string& text);

}  // namespace roundtrip::usecases
