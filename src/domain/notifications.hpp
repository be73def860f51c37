// The milestones a customer hears of.
#pragma once
#include <optional>
#include <string_view>

#include "domain/transitions.hpp"

namespace roundtrip::domain {

enum class Milestone {
  order_received,
  order_canceled,
  partly_shipped,
  shipped,
  out_for_delivery,
  delivered,
  delivery_failed,
  delayed,
  return_approved,
  return_received,
  refund_paid,
  message_answered,  // the desk answered what the customer wrote
  link_requested,    // the customer asked for the order's link (/find)
};

inline constexpr Word<Milestone> kMilestones[] = {
    {Milestone::order_received, "order_received"},     {Milestone::order_canceled, "order_canceled"},
    {Milestone::partly_shipped, "partly_shipped"},     {Milestone::shipped, "shipped"},
    {Milestone::out_for_delivery, "out_for_delivery"}, {Milestone::delivered, "delivered"},
    {Milestone::delivery_failed, "delivery_failed"},   {Milestone::delayed, "delayed"},
    {Milestone::return_approved, "return_approved"},   {Milestone::return_received, "return_received"},
    {Milestone::refund_paid, "refund_paid"},           {Milestone::message_answered, "message_answered"},
    {Milestone::link_requested, "link_requested"},
};
inline std::string_view to_text(Milestone milestone) { return word_of(kMilestones, milestone); }
inline std::optional<Milestone> parse_milestone(std::string_view text) { return value_of(kMilestones, text); }

}  // namespace roundtrip::domain
