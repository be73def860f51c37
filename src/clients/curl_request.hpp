// One request as libcurl is told of it, and what came of it: shared by the transports of this room.
#pragma once
#include <curl/curl.h>

#include <array>
#include <cstdint>
#include <memory>

#include "clients/curl_transport.hpp"

namespace roundtrip::clients {

struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// One transfer: it must stay where it is, and alive, until the handle is done or reset.
struct Transfer {
  HttpRequest request;
  std::unique_ptr<curl_slist, ListDeleter> headers;
  std::array<char, CURL_ERROR_SIZE> why{};
  bool allow_private = false;
  bool refused = false;
  bool too_large = false;
  std::size_t header_bytes = 0;
  HttpResponse response;
};

// Says everything about the transfer's request to a fresh or reset handle. False when the request must not be sent at all.
bool prepare(CURL* handle, const CurlOptions& options, Transfer& transfer);
// What came of it.
HttpOutcome outcome_of(CURL* handle, CURLcode code, Transfer& transfer);
// Of a request that must not be sent.
HttpOutcome forged_outcome();
// Before the first handle of the process.
void initialize_curl();

}  // namespace roundtrip::clients
