// What the customer's return pages share.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "usecases/customer_returns.hpp"
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
  std::vector<std::pair<LineId, PhotoId>> photos;  // added by now
  std::optional<ReturnId> change_of;               // a return that is changed instead of a new one
  std::vector<PageFault> faults;                   // in the reader's language
};
// The card of a return: where is the parcel, where is the money, what can be done now.
Json return_card(const http::Services& services, const Visit& visit, const http::Request& request, const usecases::ReturnView& one,
                 domain::ReturnWay way);
// The first page: what can come back, and the returns there are.
http::Reply choose_page(const http::Services& services, const http::Request& request, const Visit& visit, const ReturnForm& form,
                        int status);
const usecases::ReturnView* return_of_visit(const Visit& visit, std::optional<ReturnId> id);
std::string return_path(const http::Request& request);  // "/return/<token>"
Json shops_json(const std::vector<usecases::ShopRow>& shops);

}  // namespace roundtrip::web
