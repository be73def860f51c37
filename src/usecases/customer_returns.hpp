// Returns as customers handle them: what can come back and until when, the way back, changing and canceling before drop-off, a reminder.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "store/return_ways.hpp"
#include "usecases/returns.hpp"

namespace roundtrip::usecases {

using domain::ReturnWay;
using store::ShopRow;
using store::WayOfReturn;

// One line of the order as the policy sees it before anything is chosen.
struct ReturnableLine {
  LineId line;
  std::int64_t units = 0;                    // that can be announced now
  std::optional<Instant> until;              // the window's end, once it runs
  std::optional<domain::TraceStep> refused;  // why not, in the reader's language
};
struct ReturnChoice {
  std::vector<ReturnableLine> lines;       // goods that have left
  std::vector<std::string> photo_reasons;  // these need a photo
  std::vector<ShopRow> shops;              // that take returns
};
ReturnChoice return_choice(const Context& context, OrderId order, const Reader& reader);

// How it comes back; `day` is of a pick-up: one of pickup_days in the reader's zone.
struct WayBack {
  ReturnWay way = ReturnWay::label;
  std::string day = {};
};
// create_return with the way back in the same transaction. A parcel that is brought to a shop gets no carrier's label. Refused: invalid
// pickup_unavailable for a day on which nobody comes, or a carrier that never does.
Result<ReturnView> register_return(const Context& context, ReturnRequest request, const WayBack& back);
std::vector<WayOfReturn> ways_of_order(const Context& context, OrderId order);

// Quantities, reasons, outcome and way of a return of which nothing is under way: the same return and code, decided anew by the policy of
// today. Refused: conflict return_state once something is under way; return_change for what needs a person, or goods that would not come
// back at all; exchange_state when the replacement has left; as create_return for what the policy refuses.
Result<ReturnPreview> preview_change(const Context& context, ReturnId return_id, ReturnRequest request);
Result<ReturnView> change_return(const Context& context, ReturnId return_id, ReturnRequest request, const WayBack& back);
// Like cancel_return, refused once something of it is under way or here.
Result<ReturnView> cancel_before_drop_off(const Context& context, ReturnId return_id);
// May the customer still cancel it, and may they change it? What was sent in exchange is not called back.
bool can_be_canceled(const ReturnView& view);
bool can_be_changed(const ReturnView& view);

// Reminds once of labels that run out within three days while nothing is under way. Gives how many.
int remind_of_labels(const Context& context, int limit);

}  // namespace roundtrip::usecases
