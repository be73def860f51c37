// What the customer's return pages share.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "usecases/customer_returns.hpp"
#include "usecases/pickups.hpp"
#include "web/customer_pages.hpp"

namespace roundtrip::web {

// A fault and the field it is about.
struct PageFault {
  std::string at, text;
};

// What the form says.
struct ReturnForm {
  std::vector<usecases::WantedLine> lines;
  domain::ReturnOutcome outcome = domain::ReturnOutcome::refund;
  domain::ReturnWay way = domain::ReturnWay::label;
  std::string day;                                 // of a pick-up
  std::vector<std::pair<LineId, PhotoId>> photos;  // added by now
  std::optional<ReturnId> change_of;               // a return that is changed instead of a new one
  std::vector<std::string> instead;                // SKUs, one for each line; empty: not chosen yet
  std::string search;                              // words for another product
  std::string seen;                                // of the exchange that was shown (exchange_mark)
  std::vector<PageFault> faults;                   // in the reader's language
};
// The card of a return: where is the parcel, where is the money, what can be done now. `pickup`: its newest; nullptr: none.
Json return_card(const http::Services& services, const Visit& visit, const http::Request& request, const usecases::ReturnView& one,
                 domain::ReturnWay way, const usecases::PickupRow* pickup);
// "Monday, November 23" of "2026-11-23".
std::string day_words(const Visit& visit, const std::string& day);
// What a form says about an exchange, in the order of its lines.
void read_instead(const std::vector<std::pair<std::string, std::string>>& fields, ReturnForm& form);
// Whether every line has something instead.
bool instead_is_whole(const ReturnForm& form);
// The replacements at the catalogue's prices; a fault at its line's field for what cannot be had, and then none of them.
std::vector<usecases::WantedReplacement> replacements_of_form(const http::Services& services, const Visit& visit, ReturnForm& form);
// What a use case refuses about an exchange, at the lines' fields.
void add_exchange_faults(const Visit& visit, const Error& error, ReturnForm& form);
// The choice under the offer of an exchange, priced where `preview` has it; nothing when this return has none.
Json exchange_options(const http::Services& services, const Visit& visit, const http::Request& request, const ReturnForm& form,
                      const usecases::ReturnPreview& preview);
// Stands for what was shown: the goods and the difference.
std::string exchange_mark(const ReturnForm& form, const usecases::ExchangeOffer& offer);
// An exchange after it was made: where it is, what is owed, and the replacement's order.
Json exchange_card(const http::Services& services, const Visit& visit, const usecases::ExchangeView& exchange);
// The first page: what can come back, and the returns there are.
http::Reply choose_page(const http::Services& services, const http::Request& request, const Visit& visit, const ReturnForm& form,
                        int status);
const usecases::ReturnView* return_of_visit(const Visit& visit, std::optional<ReturnId> id);
std::string return_path(const http::Request& request);  // "/return/<token>"
Json shops_json(const std::vector<usecases::ShopRow>& shops);

}  // namespace roundtrip::web
