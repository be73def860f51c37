// Expected refusals as values: Error says what, why and what to do next; Result<T> carries either.
#pragma once
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace roundtrip {

// Each kind maps to one HTTP status in http/reply.cpp.
enum class ErrorKind {
  malformed,            // 400: cannot be read at all
  unauthorized,         // 401
  forbidden,            // 403
  not_found,            // 404: unknown, or another merchant's
  conflict,             // 409: the state does not allow it
  precondition_failed,  // 412
  too_large,            // 413
  unsupported_media,    // 415
  invalid,              // 422: understood, but not acceptable
  rate_limited,         // 429
  unavailable,          // 503: try again
};

// One fault of a document. `pointer` is an RFC 6901 JSON pointer, e.g. "/lines/0/sku".
struct Fault {
  std::string pointer;
  std::string code;
  std::string detail;
};

// Why a rule refused: the rule's name, the values it saw, what the reader can do.
struct Explain {
  std::string rule;
  std::vector<std::pair<std::string, std::string>> values;
  std::string next_step;
};

struct Error {
  ErrorKind kind = ErrorKind::invalid;
  std::string code;     // stable, snake_case, for programs
  std::string message;  // for people: what happened and what to do next
  std::vector<Fault> faults = {};
  std::optional<Explain> explain = std::nullopt;
  int retry_after_s = 0;  // > 0: sent as Retry-After
};

struct Nothing {};

// Either a value or an Error. Asking for the one that is not there is a bug and throws.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}
  explicit operator bool() const { return state_.index() == 0; }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T&& operator*() && { return std::move(value()); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }
  const T& value() const {
    if (state_.index() != 0) throw std::logic_error("Result has no value: " + error().code);
    return std::get<0>(state_);
  }
  T& value() {
    if (state_.index() != 0) throw std::logic_error("Result has no value: " + error().code);
    return std::get<0>(state_);
  }
  const Error& error() const {
    if (state_.index() != 1) throw std::logic_error("Result has no error");
    return std::get<1>(state_);
  }

 private:
  std::variant<T, Error> state_;
};

using Done = Result<Nothing>;
inline Done done() { return Done{Nothing{}}; }

}  // namespace roundtrip
