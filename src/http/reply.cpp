// Making replies.
#include "http/reply.hpp"

#include <nlohmann/json.hpp>

namespace roundtrip::http {
namespace {
std::string dump(const nlohmann::ordered_json& body) { return body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace); }

std::string_view title_of(int status) {
  switch (status) {
    case 400:
      return "Malformed request";
    case 401:
      return "Not authenticated";
    case 403:
      return "Not allowed";
    case 404:
      return "Not found";
    case 405:
      return "Method not allowed";
    case 409:
      return "Conflict";
    case 411:
      return "Length required";
    case 412:
      return "Precondition failed";
    case 413:
      return "Too large";
    case 415:
      return "Unsupported media type";
    case 422:
      return "Invalid";
    case 429:
      return "Too many requests";
    case 503:
      return "Temporarily unavailable";
    default:
      return "Error";
  }
}
}  // namespace

int status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::malformed:
      return 400;
    case ErrorKind::unauthorized:
      return 401;
    case ErrorKind::forbidden:
      return 403;
    case ErrorKind::not_found:
      return 404;
    case ErrorKind::conflict:
      return 409;
    case ErrorKind::precondition_failed:
      return 412;
    case ErrorKind::too_large:
      return 413;
    case ErrorKind::unsupported_media:
      return 415;
    case ErrorKind::invalid:
      return 422;
    case ErrorKind::rate_limited:
      return 429;
    case ErrorKind::unavailable:
      return 503;
  }
  return 500;
}

Reply json_reply(int status, const nlohmann::ordered_json& body) { return json_text_reply(status, dump(body)); }

Reply json_text_reply(int status, std::string body) { return {status, "application/json", std::move(body), {}}; }

nlohmann::ordered_json problem_json(int status, const Error& error) {
  nlohmann::ordered_json body = {{"type", "/docs/problems#" + error.code},
                                 {"title", title_of(status)},
                                 {"status", status},
                                 {"detail", error.message},
                                 {"code", error.code}};
  if (!error.faults.empty()) {
    body["errors"] = nlohmann::ordered_json::array();
    for (const Fault& fault : error.faults) {
      body["errors"].push_back({{"pointer", fault.pointer}, {"code", fault.code}, {"detail", fault.detail}});
    }
  }
  if (error.explain) {
    nlohmann::ordered_json values = nlohmann::ordered_json::object();
    for (const auto& [name, value] : error.explain->values) values[name] = value;
    body["explain"] = {{"rule", error.explain->rule}, {"values", values}, {"next_step", error.explain->next_step}};
  }
  return body;
}

Reply problem_status_reply(int status, const Error& error) {
  Reply reply{status, "application/problem+json", dump(problem_json(status, error)), {}};
  if (error.retry_after_s > 0) reply.headers.emplace_back("Retry-After", std::to_string(error.retry_after_s));
  if (status == 401) reply.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"roundtrip\"");
  return reply;
}

Reply problem_reply(const Error& error) { return problem_status_reply(status_of(error.kind), error); }

Reply html_reply(int status, std::string body) { return {status, "text/html; charset=utf-8", std::move(body), {}}; }

Reply file_reply(std::string content_type, std::string body, const std::string& download_name) {
  Reply reply{200, std::move(content_type), std::move(body), {}};
  if (!download_name.empty()) reply.headers.emplace_back("Content-Disposition", "inline; filename=\"" + download_name + "\"");
  return reply;
}

Reply redirect_reply(const std::string& location) { return {303, "text/plain; charset=utf-8", "", {{"Location", location}}}; }

}  // namespace roundtrip::http
