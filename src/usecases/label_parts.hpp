// What the label use cases share: facts of the database as plain values of labels/.
#pragma once
#include <optional>
#include <string>

#include "labels/label.hpp"
#include "store/database.hpp"
#include "store/labels.hpp"
#include "usecases/labels.hpp"

namespace roundtrip::usecases {

// Why a return in this state has no label; empty: it has one.
std::string why_no_label(const store::ReturnLabelFacts& facts, Instant now);
Error not_closed(const store::ParcelLabelFacts& facts);
labels::ReturnLabel label_of(const store::ReturnLabelFacts& facts, ReturnId return_id);
labels::ParcelLabel label_of(const store::ParcelLabelFacts& facts, ParcelId parcel);
// What customs wants to know of the goods; nothing when the return crosses no border of a customs territory.
std::optional<labels::CustomsForm> customs_form(const store::ReturnLabelFacts& facts, ReturnId return_id, Instant now);

}  // namespace roundtrip::usecases
