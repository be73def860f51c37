// Returns over a shop's counter: staff take the goods of a return, or make one on the spot, and the money goes at once.
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"
#include "usecases/customer_returns.hpp"

namespace roundtrip::usecases {

inline constexpr std::size_t kLongestHours = 200;
// A warehouse with a bin becomes a shop that takes returns from customers; again: its hours change. Refused: unknown_warehouse, no_bin,
// hours_too_long.
Done open_shop(const Context& context, const std::string& warehouse, const std::string& opening_hours);
// It takes no more; who meant to bring a return there sees the others, or changes the way. Refused: unknown_warehouse.
Done close_shop(const Context& context, const std::string& warehouse);
// The shops, by name.
std::vector<ShopRow> list_shops(const Context& context);
// The warehouses that are none, by name: each can be opened as one.
std::vector<std::string> list_no_shops(const Context& context);

// Staff have the goods in their hands: what is named is received and accepted whatever the policy's trigger, and its money is requested
// in the same transaction. A return that a person would have approved is approved by that.
Result<ReturnReceived> take_over_counter(const Context& context, ReturnId return_id, const std::vector<ReceivedUnits>& units,
                                         const std::string& shop);
// The same for a customer without a return: it is announced first, by the policy as it stands, in the same transaction. Where the policy
// leaves the goods with the customer, it is paid and nothing is taken.
Result<ReturnReceived> take_without_return(const Context& context, const ReturnRequest& request, const std::string& disposition,
                                           const std::string& shop);

// The shop of this name. Refused: unknown_shop.
Result<ShopRow> find_shop(const Context& context, const std::string& name);
// The replacement of a return's exchange is handed to the customer out of the shop's own stock, whichever warehouse was to send it.
// Refused, with nothing written: unknown_shop, not_released (the exchange waits for goods or money), nothing_to_hand_over,
// already_packing, not_in_shop.
Done hand_over_replacement(const Context& context, ReturnId return_id, const std::string& shop);

}  // namespace roundtrip::usecases
