// JSON APIs with OAuth by form whose errors are lists of {"code", "message"} (UPS, FedEx): how both are read.
#pragma once
#include <string>
#include <string_view>

#include "carriers/carrier.hpp"
#include "carriers/reply.hpp"

namespace roundtrip::carriers {

struct CodedErrors {
  std::string_view path;                 // of the list
  Trouble (*of_code)(std::string_view);  // none: not known, the HTTP status counts
  bool status_decides = false;           // refused credentials and exhausted quotas are told by the status, whatever the code
};

bool has_errors(const CodedErrors& errors, const Json& body);
// What the errors mean, by code and then by HTTP status; none where there are none and the status is 2xx.
CallTrouble trouble_of(const CodedErrors& errors, const Json& body, int status);

// A call's answer: what is wrong with it, in the carrier's own words where it has some, or the body.
struct CodedAnswer {
  CallTrouble call;
  Json body;
};
CodedAnswer answer_of(const CodedErrors& errors, const HttpOutcome& outcome);

// A call for a token with a form as its body.
HttpRequest form_request(const CarrierAccount& account, std::string url, std::string body);
// The same reply; a refusal with the carrier's own words.
TokenReply in_own_words(TokenReply reply, const CodedErrors& errors, const HttpOutcome& outcome);

}  // namespace roundtrip::carriers
