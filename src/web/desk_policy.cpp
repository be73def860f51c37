// The returns policy at the desk: as a form and as TOML, what a change would do, its versions.
#include "domain/codes.hpp"
#include "domain/returns.hpp"
#include "usecases/policies.hpp"
#include "usecases/policy_trial.hpp"
#include "web/desk_pages.hpp"
#include "web/policy_form.hpp"

namespace roundtrip::web {
namespace {

constexpr int kVersionsShown = 50;
constexpr std::size_t kTriedShown = 100;

http::Reply form_page(const http::Services& services, const http::Request& request, const Json& policy, int version,
                      const std::vector<Fault>& faults) {
  auto page = desk_page(request, "Returns policy", "desk_policy", "/desk/policy");
  page.status = faults.empty() ? 200 : 422;
  page.data["groups"] = policy_groups(policy, faults);
  page.data["version"] = std::to_string(version);
  page.data["has_faults"] = !faults.empty();
  page.data["faults"] = Json::array();
  for (const auto& fault : faults) page.data["faults"].push_back(fault.detail);
  return page_reply(services, request, page);
}

http::Reply toml_page(const http::Services& services, const http::Request& request, const std::string& toml, int version,
                      const std::vector<std::string>& faults) {
  auto page = desk_page(request, "Returns policy as TOML", "desk_policy_toml", "/desk/policy");
  page.status = faults.empty() ? 200 : 422;
  page.data["toml"] = toml;
  page.data["version"] = std::to_string(version);
  page.data["has_faults"] = !faults.empty();
  page.data["faults"] = faults;
  return page_reply(services, request, page);
}

Json current_json(const http::Services& services, const http::Request& request) {
  return Json::parse(usecases::read_policy(http::context_of(services, request)));
}

http::Reply show_form(const http::Services& services, const http::Request& request) {
  const Json policy = current_json(services, request);
  return form_page(services, request, policy, policy["version"].get<int>(), {});
}

http::Reply show_toml(const http::Services& services, const http::Request& request) {
  const Json policy = current_json(services, request);
  return toml_page(services, request, usecases::policy_toml(policy.dump()), policy["version"].get<int>(), {});
}

http::Reply download_toml(const http::Services& services, const http::Request& request) {
  return http::file_reply("application/toml", usecases::policy_toml(current_json(services, request).dump()), "returns-policy.toml");
}

std::string side_words(const usecases::TriedSide& side, const std::string& currency) {
  if (!side.allowed) return "refused";
  return money_text("en", side.money, currency) + (side.keep_item ? ", kept" : "") + (side.approved ? "" : ", a person approves") +
         ", freight: " + std::string(domain::to_text(side.freight)) + ", " + words_of_code(std::string(domain::to_text(side.trigger)));
}

void add_trial(Page& page, const usecases::PolicyTrial& trial) {
  page.data["tried"] = std::to_string(trial.tried);
  page.data["changed"] = std::to_string(trial.changed.size());
  page.data["newly_refused"] = std::to_string(trial.newly_refused);
  page.data["newly_allowed"] = std::to_string(trial.newly_allowed);
  page.data["returns"] = Json::array();
  for (std::size_t i = 0; i < std::min(kTriedShown, trial.changed.size()); ++i) {
    const auto& one = trial.changed[i];
    page.data["returns"].push_back({{"href", "/desk/orders/" + to_text(one.order)},
                                    {"order", one.external_id},
                                    {"code", domain::code_of(one.id)},
                                    {"before", side_words(one.before, one.currency)},
                                    {"after", side_words(one.after, one.currency)},
                                    {"refusal", one.refusal},
                                    {"difference", money_text("en", one.after.money - one.before.money, one.currency)}});
  }
  page.data["sums"] = Json::array();
  for (const auto& sum : trial.sums) {
    page.data["sums"].push_back({{"before", money_text("en", sum.before, sum.currency)},
                                 {"after", money_text("en", sum.after, sum.currency)},
                                 {"difference", money_text("en", sum.after - sum.before, sum.currency)}});
  }
}

// What would change, whom it would change, and the button that saves it.
http::Reply check_page(const http::Services& services, const http::Request& request, const std::string& wanted, int version) {
  const auto context = http::context_of(services, request);
  const std::string zone = desk_zone(services, request);
  const auto trial = usecases::try_policy(context, wanted, usecases::kTrialDefault, {"en", zone});
  if (!trial) return error_page(services, request, Layout::desk, trial.error());
  auto page = desk_page(request, "What would change", "desk_policy_check", "/desk/policy");
  page.data["policy"] = wanted;
  page.data["version"] = std::to_string(version);
  page.data["changes"] = Json::array();
  for (const auto& change : usecases::policy_changes(usecases::read_policy(context), wanted))
    page.data["changes"].push_back({{"field", change.field}, {"before", change.before}, {"after", change.after}});
  page.data["any"] = !page.data["changes"].empty();
  add_trial(page, *trial);
  return page_reply(services, request, page);
}

http::Reply check(const http::Services& services, const http::Request& request) {
  const auto form = request.form();
  const int version = static_cast<int>(number_of(field(form, "version")).value_or(0));
  if (!field(form, "toml").empty()) {
    const std::string toml = field(form, "toml");
    const auto json = usecases::policy_of_toml(toml);
    if (!json) return toml_page(services, request, toml, version, {json.error().message});
    const auto policy = usecases::check_policy(*json);
    if (policy) return check_page(services, request, *policy, version);
    std::vector<std::string> faults;
    for (const auto& fault : policy.error().faults) faults.push_back(fault.detail);
    return toml_page(services, request, toml, version, faults);
  }
  const std::string json = policy_of_form(form);
  const auto policy = usecases::check_policy(json);
  return policy ? check_page(services, request, *policy, version)
                : form_page(services, request, Json::parse(json), version, policy.error().faults);
}

http::Reply save(const http::Services& services, const http::Request& request) {
  const auto form = request.form();
  const auto saved = usecases::change_policy(http::context_of(services, request), field(form, "policy"),
                                             static_cast<int>(number_of(field(form, "version")).value_or(0)));
  if (!saved) return error_page(services, request, Layout::desk, saved.error());
  return http::redirect_reply("/desk/policy/versions?done=saved");
}

http::Reply versions_page(const http::Services& services, const http::Request& request) {
  const auto before = number_of(request.query_value("before"));
  const auto list = usecases::policy_versions(http::context_of(services, request),
                                              before ? std::optional(static_cast<int>(*before)) : std::nullopt, kVersionsShown);
  const std::string zone = desk_zone(services, request);
  auto page = desk_page(request, "Versions of the policy", "desk_policy_versions", "/desk/policy");
  page.data["versions"] = Json::array();
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    const auto& one = list.items[i];
    Json changes = Json::array();
    for (const auto& change : one.changes) changes.push_back({{"field", change.field}, {"before", change.before}, {"after", change.after}});
    page.data["versions"].push_back({{"version", std::to_string(one.version)},
                                     {"by", one.by},
                                     {"when", staff_time(zone, one.at, request.now)},
                                     {"changes", changes},
                                     {"old", before.has_value() || i > 0}});
  }
  page.data["any"] = !list.items.empty();
  page.data["older"] = list.next ? std::to_string(*list.next) : "";
  return page_reply(services, request, page);
}

// An old version is looked at as a change of the newest before it is saved.
http::Reply take_back(const http::Services& services, const http::Request& request) {
  const auto context = http::context_of(services, request);
  const auto old = usecases::read_policy_version(context, static_cast<int>(number_of(std::string(request.param("version"))).value_or(-1)));
  if (!old) return error_page(services, request, Layout::desk, old.error());
  Json policy = Json::parse(*old);
  policy.erase("version");
  return check_page(services, request, policy.dump(), current_json(services, request)["version"].get<int>());
}

}  // namespace

void add_desk_policy_routes(http::Router& router, const http::Services& services) {
  const auto route = [&](const char* method, const char* pattern, auto handler) {
    router.add({method, pattern, http::Gate::staff, "admin",
                [&services, handler](const http::Request& request) { return handler(services, request); }});
  };
  route("GET", "/desk/policy", show_form);
  route("POST", "/desk/policy", save);
  route("POST", "/desk/policy/check", check);
  route("GET", "/desk/policy/toml", show_toml);
  route("GET", "/desk/policy.toml", download_toml);
  route("GET", "/desk/policy/versions", versions_page);
  route("POST", "/desk/policy/versions/{version}/check", take_back);
}

}  // namespace roundtrip::web
