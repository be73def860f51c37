// Routes as data: method, pattern ("/v1/orders/{id}"), the scope a caller needs, and a handler.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "http/request.hpp"

namespace roundtrip::http {

using Handler = std::function<Reply(const Request&)>;

// What a caller must be to pass the one authorization gate.
enum class Gate {
  open,   // anybody; the handler checks a token of its own
  api,    // an API key or a signed-in user with `scope`
  staff,  // a signed-in user with `scope` (pages: others are sent to /login)
};

struct Route {
  std::string method;
  std::string pattern;
  Gate gate = Gate::api;
  std::string scope;  // empty: being signed in is enough
  Handler handler;
  bool idempotent_post = false;  // takes an Idempotency-Key
  bool takes_files = false;      // of the API: multipart/form-data or image/*, not JSON
};

class Router {
 public:
  void add(Route route);
  struct Match {
    const Route* route = nullptr;
    std::map<std::string, std::string> params;
    std::vector<std::string> allowed;  // methods of the path, when the method does not fit
  };
  Match find(std::string_view method, std::string_view path) const;
  const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
  std::vector<std::vector<std::string>> segments_;
};

}  // namespace roundtrip::http
