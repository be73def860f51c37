// Replies: JSON, HTML, files, redirects, and the one place where an ErrorKind becomes a status.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/result.hpp"
#include "http/request.hpp"

namespace roundtrip::http {

int status_of(ErrorKind kind);
Reply json_reply(int status, const nlohmann::ordered_json& body);
Reply json_text_reply(int status, std::string body);
// RFC 9457 problem+json; the second form for statuses no ErrorKind stands for (405, 411, 431).
Reply problem_reply(const Error& error);
Reply problem_status_reply(int status, const Error& error);
nlohmann::ordered_json problem_json(int status, const Error& error);
Reply html_reply(int status, std::string body);
Reply file_reply(std::string content_type, std::string body, const std::string& download_name = "");
// 303: what a form submission answers.
Reply redirect_reply(const std::string& location);

}  // namespace roundtrip::http
