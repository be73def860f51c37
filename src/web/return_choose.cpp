// What can come back, until when, and why not: the first page of a return.
#include <algorithm>

#include "usecases/withdrawals.hpp"
#include "web/return_pages.hpp"

namespace roundtrip::web {
namespace {
using messages::TimeStyle;
using usecases::LinkKind;

constexpr std::string_view kReasonsToChoose[] = {"changed_mind", "too_small", "too_large", "not_as_described", "damaged", "defective",
                                                 "wrong_item",   "late",      "other"};

Json reason_options(const Visit& visit, const std::vector<std::string>& photo_reasons, const std::string& chosen) {
  Json out = Json::array();
  for (const auto reason : kReasonsToChoose) {
    const bool photo = std::find(photo_reasons.begin(), photo_reasons.end(), reason) != photo_reasons.end();
    out.push_back(
        {{"value", reason}, {"label", visit.say("reason." + std::string(reason))}, {"chosen", reason == chosen}, {"asks_photo", photo}});
  }
  return out;
}

const usecases::WantedLine* wanted_of(const ReturnForm& form, LineId line) {
  const auto found = std::find_if(form.lines.begin(), form.lines.end(), [&](const auto& one) { return one.line == line; });
  return found == form.lines.end() ? nullptr : &*found;
}

std::string fault_at(const ReturnForm& form, const std::string& at) {
  for (const auto& fault : form.faults) {
    if (fault.at == at) return fault.text;
  }
  return "";
}

Json choosable_line(const Visit& visit, const usecases::ReturnChoice& choice, const usecases::ReturnableLine& line, std::int64_t units,
                    const ReturnForm& form) {
  const auto* wanted = wanted_of(form, line.line);
  const std::string name = visit.item_name(line.line), id = to_text(line.line);
  Json out = quantity_fields(units, wanted != nullptr ? wanted->quantity : units);
  out["id"] = id;
  out["name"] = name;
  out["letter"] = first_letter(name);
  out["available"] = visit.say("return.available", {{"count", units}});
  out["until"] = line.until ? visit.say("return.until", {{"date", visit.time(*line.until, TimeStyle::day_time)}}) : "";
  out["taken"] = wanted != nullptr;
  out["reasons"] = reason_options(visit, choice.photo_reasons, wanted != nullptr ? wanted->reason : "");
  out["note"] = wanted != nullptr ? wanted->note : "";
  const auto photo = std::find_if(form.photos.begin(), form.photos.end(), [&](const auto& one) { return one.first == line.line; });
  out["photo_kept"] = photo == form.photos.end() ? "" : to_text(photo->second);
  out["may_photo"] = true;
  out["photo_fault"] = fault_at(form, "p-" + id);
  out["reason_fault"] = fault_at(form, "r-" + id);
  out["quantity_fault"] = fault_at(form, "q-" + id);
  return out;
}

// Each line as it can be chosen, or why it cannot. A return that is changed offers its own units again.
void add_lines(const Visit& visit, const usecases::ReturnChoice& choice, const ReturnForm& form, Json& data) {
  data["lines"] = Json::array();
  data["refused_lines"] = Json::array();
  const auto* changed = return_of_visit(visit, form.change_of);
  for (const auto& line : choice.lines) {
    std::int64_t own = 0;
    for (std::size_t i = 0; changed != nullptr && i < changed->lines.size(); ++i)
      own += changed->lines[i].line == line.line ? changed->lines[i].announced : 0;
    if (own > 0 || !line.refused) {
      data["lines"].push_back(choosable_line(visit, choice, line, line.units + own, form));
    } else {
      const std::string name = visit.item_name(line.line);
      data["refused_lines"].push_back(
          {{"name", name}, {"letter", first_letter(name)}, {"why", line.refused->result}, {"next", line.refused->next_step}});
    }
  }
  data["has_refused"] = !data["refused_lines"].empty();
}

void add_withdrawal_link(const http::Services& services, const Visit& visit, const http::Request& request, Json& data) {
  const auto choice = usecases::withdrawal_choice(context_of_visit(services, visit), visit.order.id);
  if (choice.period.open && !choice.lines.empty()) data["withdraw_url"] = return_path(request) + "/withdraw" + visit.lang_query;
}
}  // namespace

http::Reply choose_page(const http::Services& services, const http::Request& request, const Visit& visit, const ReturnForm& form,
                        int status) {
  auto page = customer_page(visit, request, visit.say("return.title"), "customer_return");
  page.status = status;
  auto& data = page.data;
  const auto context = context_of_visit(services, visit);
  const auto choice = usecases::return_choice(context, visit.order.id, {visit.locale, visit.zone});
  add_lines(visit, choice, form, data);
  data["can_choose"] = !data["lines"].empty();
  const bool left = !choice.lines.empty();
  data["nothing"] = left || !visit.order.returns.empty() ? "" : visit.say("return.nothing_shipped");
  data["faults"] = Json::array();
  for (const auto& fault : form.faults) data["faults"].push_back({{"at", fault.at}, {"text", fault.text}});
  data["has_faults"] = !form.faults.empty();
  const bool change = form.change_of.has_value();
  data["returns"] = Json::array();
  const auto ways = usecases::ways_of_order(context, visit.order.id);
  const bool fetched = std::any_of(ways.begin(), ways.end(), [](const auto& row) { return row.way == domain::ReturnWay::pickup; });
  const auto pickups = fetched ? usecases::pickups_of_order(context, visit.order.id) : std::vector<usecases::PickupRow>{};
  for (auto one = visit.order.returns.rbegin(); one != visit.order.returns.rend() && !change; ++one) {
    const auto way = std::find_if(ways.begin(), ways.end(), [&](const auto& row) { return row.id == one->id; });
    const auto pickup = std::find_if(pickups.rbegin(), pickups.rend(), [&](const auto& row) { return row.return_id == one->id; });
    data["returns"].push_back(return_card(services, visit, request, *one, way == ways.end() ? domain::ReturnWay::label : way->way,
                                          pickup == pickups.rend() ? nullptr : &*pickup));
  }
  data["has_returns"] = !data["returns"].empty();
  data["form_open"] = !form.lines.empty() || !form.faults.empty();
  data["shops"] = shops_json(choice.shops);
  if (change) data["change_of"] = to_text(*form.change_of);
  data["keep_url"] = return_path(request) + visit.lang_query;
  data["check_url"] = return_path(request) + "/check" + visit.lang_query;
  data["track_url"] = "/track/" + services.links.token(LinkKind::tracking, visit.target, request.now) + visit.lang_query;
  if (left) data["claim_url"] = return_path(request) + "/claim" + visit.lang_query;
  data["has_claims"] = !visit.order.claims.empty();
  for (const char* note : {"registered", "changed", "canceled"}) data[note] = request.query_value(note).has_value();
  add_withdrawal_link(services, visit, request, data);
  return page_reply(services, request, page);
}

}  // namespace roundtrip::web
