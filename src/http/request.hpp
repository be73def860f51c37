// A request as handlers see it, who sent it, and the reply they give. httplib stays in server.cpp.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/transport.hpp"

namespace roundtrip::http {

// Who is asking. Exactly one of: an API key, a signed-in user, nobody (public pages).
struct Caller {
  enum class Kind { nobody, api_key, user };
  Kind kind = Kind::nobody;
  MerchantId merchant;
  std::string name;                        // of the key or the user
  UserId user;                             // kind user
  std::vector<std::string> scopes;         // what a key may do; what the user's roles may do
  std::vector<std::string> roles;          // kind user
  std::string csrf;                        // kind user: what forms must carry
  bool may(std::string_view scope) const;  // "admin" may everything
};

// A file of a multipart/form-data body, or a picture that is the whole body. `name` and `content_type` are what the sender says.
struct UploadedFile {
  std::string field, name, content_type;
  std::string_view bytes;  // into the request's body
};
struct Multipart;

struct Request {
  std::string method;
  std::string path;                                        // without the query, not decoded
  std::map<std::string, std::string> params;               // path parameters, decoded
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
  Headers headers;                                         // names lower-cased
  std::string body;
  std::string client_address;
  std::string trace_id;
  Caller caller;
  Instant now;
  std::string claimed_key;  // the Idempotency-Key of a POST that takes one, once it is claimed

  std::string_view param(const std::string& name) const;  // a missing one is a bug and throws
  std::optional<std::string> query_value(std::string_view name) const;
  std::optional<std::string_view> header(std::string_view lower_name) const;
  std::optional<std::string> cookie(std::string_view name) const;
  std::shared_ptr<const Multipart> parts;  // of a multipart/form-data body; filled by Front
  // Fields of an application/x-www-form-urlencoded or multipart/form-data body, decoded, in order.
  std::vector<std::pair<std::string, std::string>> form() const;
  // The files of a multipart/form-data body that have bytes, in order; of a body of type image/*, itself. Valid as long as this request.
  std::vector<UploadedFile> files() const;
};

// "a=1&b=x%20y" as decoded pairs, at most 1000.
std::vector<std::pair<std::string, std::string>> parse_pairs(std::string_view text);

struct Reply {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  Headers headers;
};

}  // namespace roundtrip::http
