// Lists of errors with codes.
#include "carriers/coded_errors.hpp"

namespace roundtrip::carriers {

bool has_errors(const CodedErrors& errors, const Json& body) { return !list(body, errors.path).empty(); }

CallTrouble trouble_of(const CodedErrors& errors, const Json& body, int status) {
  CallTrouble trouble = trouble_of({HttpResponse{status, {}, ""}, {}});
  std::string said;
  Trouble known = Trouble::none;
  for (const Json* error : list(body, errors.path)) {
    if (!error->is_object()) continue;
    const std::string code = text(*error, "code");
    said = joined({said, joined({code, text(*error, "message")}, " ")}, "; ");
    if (known == Trouble::none) known = errors.of_code(code);
  }
  const bool decided = errors.status_decides && (trouble.trouble == Trouble::auth || trouble.trouble == Trouble::rate_limited);
  if (known != Trouble::none && !decided) trouble.trouble = known;
  if (has_errors(errors, body) && trouble.trouble == Trouble::none) trouble.trouble = Trouble::service;
  if (!said.empty()) trouble.detail = clean_text(said);
  return trouble;
}

CodedAnswer answer_of(const CodedErrors& errors, const HttpOutcome& outcome) {
  CodedAnswer answer{trouble_of(outcome), {}};
  if (!outcome.response) return answer;
  Document document = Document::of(outcome.response->body);
  if (document.json) answer.body = std::move(*document.json);
  const auto said = trouble_of(errors, answer.body, outcome.response->status);
  answer.call.trouble = said.trouble;
  if (said.trouble != Trouble::none) answer.call.detail = said.detail;
  if (said.trouble == Trouble::none && !document.json) answer.call = {Trouble::bad_reply, document.fault, 0};
  return answer;
}

HttpRequest form_request(const CarrierAccount& account, std::string url, std::string body) {
  HttpRequest request;
  request.method = "POST";
  request.url = std::move(url);
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}};
  request.body = std::move(body);
  request.timeout_ms = account.timeout_ms;
  return request;
}

TokenReply in_own_words(TokenReply reply, const CodedErrors& errors, const HttpOutcome& outcome) {
  if (reply.trouble == Trouble::none || !outcome.response) return reply;
  const auto document = Document::of(outcome.response->body);
  const auto said = trouble_of(errors, document.json.value_or(Json()), outcome.response->status);
  if (!said.detail.empty()) reply.detail = said.detail;
  return reply;
}

}  // namespace roundtrip::carriers
