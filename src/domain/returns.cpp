// Counters and axes of return lines, and the header's state derived from them.
#include "domain/returns.hpp"

#include <algorithm>
#include <stdexcept>

namespace roundtrip::domain {
namespace {
bool still_awaited(Reception reception) { return reception == Reception::awaiting || reception == Reception::in_transit; }

template <class Test>
bool all_lines(const std::vector<ReturnLine>& lines, Test&& test) {
  return std::all_of(lines.begin(), lines.end(), test);
}
}  // namespace

bool wait_is_over(Reception reception) {
  return reception == Reception::canceled || reception == Reception::expired || reception == Reception::missing ||
         reception == Reception::kept;
}

Suggestion suggestion_for(TrackingReason reason) {
  switch (reason) {
    case TrackingReason::carrier_damaged:
    case TrackingReason::merchant_packaging:
    case TrackingReason::customs_inspection:
      return Suggestion::inspect;
    case TrackingReason::carrier_missorted:
    case TrackingReason::carrier_capacity:
    case TrackingReason::carrier_vehicle:
    case TrackingReason::carrier_address_not_found:
    case TrackingReason::carrier_delay:
    case TrackingReason::merchant_wrong_data:
    case TrackingReason::merchant_not_ready:
    case TrackingReason::recipient_wrong_address:
    case TrackingReason::recipient_no_access:
    case TrackingReason::weather_delay:
    case TrackingReason::weather_disaster:
      return Suggestion::resend;
    case TrackingReason::none:
    case TrackingReason::carrier_lost:
    case TrackingReason::merchant_canceled:
    case TrackingReason::recipient_refused:
    case TrackingReason::recipient_not_home:
    case TrackingReason::recipient_closed:
    case TrackingReason::recipient_not_verified:
    case TrackingReason::recipient_not_collected:
    case TrackingReason::customs_delay:
    case TrackingReason::customs_documents:
    case TrackingReason::customs_duties:
    case TrackingReason::customs_prohibited:
    case TrackingReason::authority_hold:
    case TrackingReason::authority_security:
      return Suggestion::refund;
  }
  throw std::logic_error("unknown tracking reason");
}

StockEffect stock_effect(Disposition disposition) {
  switch (disposition) {
    case Disposition::restock:
      return StockEffect::sellable;
    case Disposition::refurbish:
    case Disposition::quarantine:
      return StockEffect::damaged;
    case Disposition::none:
    case Disposition::scrap:
    case Disposition::recycle:
    case Disposition::donate:
    case Disposition::send_back:
      return StockEffect::none;
  }
  throw std::logic_error("unknown disposition");
}

std::int64_t ReturnLine::awaited() const {
  // A line that was mixed up may still come: its units stay announced until then.
  return wait_is_over(reception) ? 0 : announced - received;
}

ReturnDecision decision_of(ReturnStatus status) {
  if (status == ReturnStatus::requested) return ReturnDecision::open;
  return status == ReturnStatus::declined ? ReturnDecision::declined : ReturnDecision::approved;
}

ReturnStatus derive_return_status(ReturnDecision decision, const std::vector<ReturnLine>& lines) {
  if (decision == ReturnDecision::declined) return ReturnStatus::declined;
  const bool nothing_came = all_lines(lines, [](const ReturnLine& line) { return line.received == 0; });
  const auto is = [](Reception wanted) { return [wanted](const ReturnLine& line) { return line.reception == wanted; }; };
  if (nothing_came && all_lines(lines, is(Reception::canceled))) return ReturnStatus::canceled;
  if (decision == ReturnDecision::open) return ReturnStatus::requested;
  const bool wait_over = all_lines(lines, [](const ReturnLine& line) { return !still_awaited(line.reception); });
  if (nothing_came && wait_over && std::any_of(lines.begin(), lines.end(), is(Reception::expired))) return ReturnStatus::expired;
  if (all_lines(lines, [](const ReturnLine& line) { return line.received == line.announced; })) return ReturnStatus::received;
  if (wait_over) return ReturnStatus::closed;
  if (!nothing_came) return ReturnStatus::partly_received;
  return std::any_of(lines.begin(), lines.end(), is(Reception::in_transit)) ? ReturnStatus::in_transit : ReturnStatus::approved;
}

std::int64_t unpaid_of(const ReturnLine& line, std::int64_t units) {
  return std::max<std::int64_t>(0, line.accepted - line.advanced) - std::max<std::int64_t>(0, line.accepted - units - line.advanced);
}

void receive_units(ReturnLine& line, std::int64_t units) {
  if (units <= 0 || units > line.awaited()) throw std::logic_error("receive_units: more than is awaited");
  line.received += units;
  if (line.received < line.announced) return;
  if (const auto next = next_state(kReceptionSteps, line.reception, ReceptionEvent::receive)) line.reception = *next;
}

void accept_units(ReturnLine& line, std::int64_t units, Disposition disposition) {
  if (units <= 0 || units > line.undecided()) throw std::logic_error("accept_units: more than was received");
  line.accepted += units;
  line.acceptance = Acceptance::accepted;
  line.disposition = disposition;
}

void reject_units(ReturnLine& line, std::int64_t units, Disposition disposition) {
  if (units <= 0 || units > line.undecided()) throw std::logic_error("reject_units: more than was received");
  line.rejected += units;
  if (line.accepted > 0) return;
  line.acceptance = Acceptance::rejected;
  line.disposition = disposition;
}

void unreceive_units(ReturnLine& line, std::int64_t units, Reception before) {
  if (units <= 0 || units > line.undecided()) throw std::logic_error("unreceive_units: more than was received");
  if (wait_is_over(line.reception)) line.announced = line.received;
  line.received -= units;
  line.reception = before;
}

std::int64_t expect_again(ReturnLine& line, std::int64_t units) {
  const auto next = next_state(kReceptionSteps, line.reception, ReceptionEvent::carrier_scan);
  const std::int64_t again = std::min(units, line.announced - line.received);
  if (line.reception != Reception::missing || again <= 0 || !next) return 0;
  line.announced = line.received + again;
  line.reception = *next;
  return again;
}

std::int64_t end_wait(ReturnLine& line, ReceptionEvent event) {
  const auto next = next_state(kReceptionSteps, line.reception, event);
  if (!next) return 0;
  const std::int64_t units = event == ReceptionEvent::keep ? 0 : line.awaited() - std::min(line.awaited(), line.owed());
  line.reception = *next;
  return units;
}

}  // namespace roundtrip::domain
