// The back office: what wants a person, search, lists, and the order with everything that was said and done.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "store/customer.hpp"
#include "store/desk.hpp"
#include "store/timeline.hpp"
#include "usecases/context.hpp"
#include "usecases/orders.hpp"

namespace roundtrip::usecases {

using store::AttentionGroup;
using store::AttentionItem;
using store::Backlog;
using store::ContactMessage;
using store::DeadWork;
using store::DeskEvent;
using store::DeskMovement;
using store::DeskNotification;
using store::DeskOrder;
using store::DeskOrderFilter;
using store::DeskProduct;
using store::DeskRefund;
using store::DeskReturn;
using store::SearchHit;
using store::TimelineRow;

struct DeskOverview {
  std::vector<AttentionGroup> attention;
  std::vector<Backlog> backlog;  // shipments that have not left, by status
};
DeskOverview read_overview(const Context& context);

// What a text may mean: own codes and public ids first (they are unique), then numbers, mails, phones,
// names, SKUs and barcodes; without repetitions, at most 30.
std::vector<SearchHit> search(const Context& context, const std::string& text);

struct DeskOrderList {
  std::vector<DeskOrder> items;
  std::optional<std::string> next_cursor;
};
// `cursor` as given by the page before; a malformed one begins anew.
DeskOrderList list_desk_orders(const Context& context, DeskOrderFilter filter, const std::optional<std::string>& cursor);
std::vector<DeskReturn> list_desk_returns(const Context& context, const std::string& status, std::optional<std::int64_t> before, int limit);
std::vector<DeskRefund> list_desk_refunds(const Context& context, const std::string& state, std::optional<std::int64_t> before, int limit);
std::vector<DeskNotification> list_desk_notifications(const Context& context, const std::string& state, std::optional<std::int64_t> before,
                                                      int limit);
Result<DeskNotification> read_notification(const Context& context, NotificationId id);
std::vector<DeskProduct> list_desk_products(const Context& context, const std::string& prefix, const std::string& after, int limit);
std::vector<DeskMovement> list_movements(const Context& context, const std::string& sku, int limit);
std::vector<DeadWork> list_dead_work(const Context& context);
// A dead letter gets fresh attempts.
Done revive_work(const Context& context, JobId job);

// What surrounds an order's view at the desk.
struct OrderSurroundings {
  std::vector<TimelineRow> timeline;  // oldest first
  std::vector<DeskNotification> notifications;
  std::vector<DeskEvent> events;  // newest first
  std::vector<ContactMessage> messages;
};
OrderSurroundings read_surroundings(const Context& context, OrderId order);

}  // namespace roundtrip::usecases
