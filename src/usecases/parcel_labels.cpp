// Choosing services, wanting and dropping parcels' labels, taking numbers.
#include "usecases/parcel_labels.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "carriers/accounts.hpp"
#include "carriers/identify.hpp"
#include "carriers/services.hpp"
#include "carriers/shipping.hpp"
#include "domain/bookings.hpp"
#include "store/bookings.hpp"
#include "store/manifests.hpp"
#include "store/order_changes.hpp"
#include "store/shipments.hpp"
#include "store/tracking.hpp"
#include "usecases/bookings.hpp"
#include "usecases/idempotency.hpp"
#include "usecases/tracking.hpp"

namespace roundtrip::usecases {
namespace {
constexpr std::size_t kLeastNumber = 6, kMostNumber = 40;

Error no_such_parcel() { return {ErrorKind::not_found, "parcel_not_found", "There is no such parcel."}; }

std::string account_name(const std::string& carrier, const std::string& account) {
  return account.empty() ? carrier : carrier + "/" + account;
}

void want_parcel_label(store::Transaction& tx, const Context& context, OrderId order, ParcelId parcel, const domain::Service& service) {
  store::BookingRow booking;
  booking.order = order;
  booking.parcel = parcel;
  booking.carrier = service.carrier;
  booking.account = service.account;
  booking.service = service.code;
  store::add_booking(tx, context.merchant, booking, context.now);
}

// A number that a parcel has: in letters and digits, as carriers write them.
std::string bare_number(const std::string& typed) {
  std::string out;
  for (const char c : carriers::number_to_keep(typed)) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) out += c;
  }
  return out;
}

// The service that a person named, or the plan's.
Result<domain::Service> named_service(const ShippingPlan& plan, const store::WorkParcel& parcel, const ParcelLabelChange& change) {
  domain::Service service;
  std::tie(service.carrier, service.account) =
      change.carrier.empty() ? std::pair(parcel.carrier, parcel.account) : domain::parse_account_name(change.carrier);
  if (service.carrier.empty()) service = plan.usual;
  const auto* carrier = carriers::find_carrier(service.carrier);
  if (carrier == nullptr) {
    return Error{ErrorKind::invalid,
                 "unknown_carrier",
                 "There is no carrier '" + service.carrier + "'.",
                 {{"/carrier", "unknown_carrier", "a carrier, or carrier/account; `roundtrip carriers list` names them"}}};
  }
  const auto same = std::find_if(plan.services.begin(), plan.services.end(), [&](const auto& one) {
    return one.carrier == service.carrier && (service.account.empty() || one.account == service.account) &&
           (change.service.empty() || one.code == change.service);
  });
  if (same != plan.services.end()) {
    service = *same;
  } else {
    if (!change.service.empty()) service.code = change.service;
    service.buys_label = std::any_of(plan.sellers.begin(), plan.sellers.end(), [&](const auto& seller) {
      return seller.first == service.carrier && (service.account.empty() || seller.second == service.account);
    });
    service.title = std::string(carrier->title()) + (service.code.empty() ? "" : " " + service.code);
  }
  return service;
}
}  // namespace

ShippingPlan shipping_plan(const Config& config) {
  const auto accounts = carriers::accounts_of(config);
  if (!accounts) throw std::runtime_error(accounts.error().message);
  auto services = carriers::services_of(config);
  if (!services) throw std::runtime_error(services.error().message);
  ShippingPlan plan;
  std::tie(plan.usual.carrier, plan.usual.account) = domain::parse_account_name(config.text("carriers.default"));
  plan.usual.buys_label = carriers::sells_outbound_labels(*accounts, plan.usual.carrier, plan.usual.account);
  plan.services = *std::move(services);
  for (const auto& account : *accounts) {
    if (carriers::sells_outbound_labels(*accounts, account.carrier, account.account))
      plan.sellers.emplace_back(account.carrier, account.account);
  }
  return plan;
}

ParcelService choose_parcel_service(store::Transaction& tx, const Context& context, const ShippingPlan& plan, OrderId order,
                                    ParcelId parcel) {
  // Nothing to choose and nothing to buy: the carrier is written down when the parcel leaves.
  if (plan.services.empty() && !plan.usual.buys_label) return {plan.usual, false};
  const auto facts = store::parcel_shipping_facts(tx, context.merchant, parcel, context.now);
  if (!facts) return {plan.usual, false};
  const auto choice = domain::choose_service(plan.services, {facts->order_service, facts->country, facts->weight_g,
                                                             facts->promised_deliver_at, context.now, facts->utc_offset_us});
  const domain::Service& service = choice.row ? plan.services[*choice.row] : plan.usual;
  store::save_parcel_route(tx, context.merchant, parcel,
                           {service.carrier, service.account, service.title.empty() ? facts->order_service : service.title, ""});
  if (service.buys_label) want_parcel_label(tx, context, order, parcel, service);
  return {service, choice.late};
}

Result<std::string> number_for_carrier(const std::string& carrier, const std::string& typed, bool even_so) {
  const auto* speaks = carriers::find_carrier(carrier);
  const std::string title(speaks != nullptr ? speaks->title() : carrier);
  if (const auto label = carriers::label_in_scan(typed)) {
    if (label->carrier == carrier) return label->number;
    // What is certainly another's is no number of ours, unless our carrier's numbers look the same.
    const bool shared = speaks != nullptr && speaks->is_number(label->number);
    if (carriers::find_carrier(label->carrier) != nullptr && !shared && !even_so) {
      return Error{ErrorKind::invalid, "wrong_carrier",
                   "This is the number " + label->number + " of " + std::string(carriers::find_carrier(label->carrier)->title()) +
                       ", and the parcel goes with " + title + "."};
    }
  }
  const std::string number = bare_number(typed);
  const bool sized = number.size() >= kLeastNumber && number.size() <= kMostNumber;
  const bool has_digit = std::any_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
  // Where we know the carrier's forms, it must be one of them.
  const bool known_forms = speaks != nullptr && carriers::knows_formats_of(carrier);
  if (!sized || !has_digit || (known_forms && !even_so && !speaks->is_number(number)))
    return Error{ErrorKind::invalid, "not_a_number", "'" + typed.substr(0, 60) + "' is no tracking number of " + title + "."};
  return number;
}

namespace {
struct Relabeled {
  store::LockedWork locked;
  store::Work* work = nullptr;
  const store::WorkParcel* parcel = nullptr;
};
std::optional<Relabeled> locked_parcel(store::Transaction& tx, MerchantId merchant, ParcelId parcel) {
  const auto order = tx.value<OrderId>("SELECT order_id FROM parcels WHERE merchant_id = $1 AND parcel_id = $2", merchant, parcel);
  auto locked = order ? store::lock_work(tx, merchant, *order, std::nullopt) : std::nullopt;
  if (!locked) return std::nullopt;
  Relabeled out{*std::move(locked), nullptr, nullptr};
  for (auto& work : out.locked.shipments) {
    for (const auto& one : work.parcels) {
      if (one.id == parcel) {
        out.work = &work;
        out.parcel = &one;
      }
    }
  }
  if (out.parcel == nullptr) return std::nullopt;
  return out;
}

// The number that a parcel on its way really has.
Result<std::string> follow_instead(store::Transaction& tx, const Context& context, Relabeled& found, const domain::Service& service,
                                   const std::string& number) {
  store::end_trackers_of_parcel(tx, context.merchant, found.parcel->id, context.now);
  return start_tracking(tx, context, found.locked.head, found.parcel->id, {service.carrier, service.account, service.title, number},
                        found.work->promised_deliver_at);
}
}  // namespace

Result<OrderId> relabel_parcel(const Context& context, const ShippingPlan& plan, ParcelId parcel, const ParcelLabelChange& change) {
  store::Transaction tx(context.db);
  if (const auto order = done_before(tx, context)) return parse_id<OrderId>(*order).value();
  auto found = locked_parcel(tx, context.merchant, parcel);
  if (!found) return no_such_parcel();
  const bool gone = found->parcel->state == "handed_over";
  if (!gone && found->parcel->state != "closed")
    return Error{ErrorKind::conflict, "parcel_not_closed", "The parcel is not closed: pack what is missing first."};
  if (gone && change.number.empty())
    return Error{ErrorKind::conflict, "parcel_has_left", "The parcel has left: only its number can still be put right."};
  const auto service = named_service(plan, *found->parcel, change);
  if (!service) return service.error();
  std::string number;
  if (!change.number.empty()) {
    const auto taken = number_for_carrier(service->carrier, change.number, change.even_so);
    if (!taken) return Error{taken.error().kind, taken.error().code, taken.error().message, {{"/number", taken.error().code, "not taken"}}};
    number = *taken;
  } else if (!service->buys_label) {
    return Error{ErrorKind::invalid, "no_labels_sold",
                 "No account of " + account_name(service->carrier, service->account) +
                     " sells labels for the way out. Name a carrier that does, or give the number of a label made elsewhere."};
  }
  // Said again: the label in use stays.
  if (!number.empty() && number == found->parcel->tracking_number && service->carrier == found->parcel->carrier) return found->work->order;
  drop_parcel_label(tx, context, parcel);
  if (gone) {
    const auto followed = follow_instead(tx, context, *found, *service, number);
    if (!followed) return followed.error();
    store::move_handover(tx, context.merchant, parcel, service->carrier, service->account);
  } else {
    store::save_parcel_route(tx, context.merchant, parcel, {service->carrier, service->account, service->title, number});
    if (number.empty()) want_parcel_label(tx, context, found->work->order, parcel, *service);
  }
  const nlohmann::json detail = {{"carrier", account_name(service->carrier, service->account)}, {"tracking_number", number}};
  store::append_timeline(tx, context.merchant, found->locked.head,
                         {number.empty() ? "parcel.label_wanted" : "parcel.number_given", context.actor.channel, context.actor.name,
                          to_text(parcel), detail.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)},
                         context.now);
  store::save_head(tx, context.merchant, found->locked.head, context.now);
  note_done(tx, context, to_text(found->work->order));
  tx.commit();
  return found->work->order;
}

}  // namespace roundtrip::usecases
