// A batch: every item has an answer of its own, and a bad one harms no other.
#pragma once
#include <nlohmann/json.hpp>
#include <type_traits>
#include <utility>
#include <vector>

#include "http/body.hpp"
#include "http/reply.hpp"

namespace roundtrip::http {

inline constexpr std::size_t kBatchItems = 500;

// 200 with {"items": [...]} in the order of the request. `read(Fields&)` makes an item and reports its faults on the fields;
// `name(item)` is what names it in its answer ({"sku": ...}); `act(item)` does it and gives what its answer says, with its "status".
// What an item lacks or why it was refused is its "problem".
template <class Read, class Name, class Act>
Reply answer_batch(const Request& request, Read&& read, Name&& name, Act&& act) {
  using json = nlohmann::ordered_json;
  Body body(request.body);
  std::vector<std::pair<std::string, std::invoke_result_t<Read, Fields&>>> items;
  for (Fields& fields : body.batch(kBatchItems)) {
    auto item = read(fields);
    items.emplace_back(fields.pointer(), std::move(item));
  }
  std::vector<std::vector<Fault>> faults;
  for (const auto& item : items) faults.push_back(body.take_faults(item.first));
  if (const auto refused = body.finish()) return problem_reply(*refused);
  json answers = json::array();
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto& item = items[i].second;
    json answer = {{"index", i}};
    answer.update(name(item));
    Result<json> done = Error{ErrorKind::invalid, "invalid_body", "Some fields are not acceptable; see errors.", faults[i]};
    if (faults[i].empty()) done = act(item);
    if (done) {
      answer.update(*done);
    } else {
      const int status = status_of(done.error().kind);
      answer["status"] = status;
      answer["problem"] = problem_json(status, done.error());
    }
    answers.push_back(std::move(answer));
  }
  return json_reply(200, {{"items", std::move(answers)}});
}

}  // namespace roundtrip::http
