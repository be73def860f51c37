// Database faults as answers.
#include "usecases/faults.hpp"

#include <stdexcept>

#include "store/database.hpp"

namespace roundtrip::usecases {
namespace {
Error try_again(const std::string& code, const std::string& message) {
  Error error{ErrorKind::unavailable, code, message};
  error.retry_after_s = 1;
  return error;
}

std::optional<Error> error_of(const store::DatabaseError& fault) {
  const std::string group = fault.sqlstate.substr(0, 2);
  if (group == "08" || group == "57" || group == "53" || group == "58" || group == "25") {
    return try_again("database_unavailable", "The database is not reachable right now. Nothing was lost; send the same request again.");
  }
  if (fault.sqlstate == "55P03" || fault.sqlstate == "40P01" || fault.sqlstate == "40001") {
    return try_again("busy", "Somebody else is working on the same thing. Send the same request again.");
  }
  if (group == "22") {
    return Error{ErrorKind::invalid, "unstorable_value",
                 "A value cannot be stored: it is out of range or holds characters that are not text."};
  }
  return std::nullopt;
}
}  // namespace

Trouble trouble_of_current_exception() {
  try {
    throw;
  } catch (const store::DatabaseUnavailable& fault) {
    return {try_again("database_unavailable", "The database is busy or not reachable. Nothing was lost; send the same request again."),
            fault.what()};
  } catch (const store::DatabaseError& fault) {
    return {error_of(fault), "SQLSTATE " + fault.sqlstate + " " + fault.constraint + ": " + fault.what()};
  } catch (const std::overflow_error& fault) {
    return {Error{ErrorKind::invalid, "amount_too_large", "An amount is too large to add up."}, fault.what()};
  } catch (const std::invalid_argument& fault) {
    return {Error{ErrorKind::invalid, "unstorable_value", fault.what()}, fault.what()};
  } catch (const std::exception& fault) {
    return {std::nullopt, fault.what()};
  } catch (...) {
    return {std::nullopt, "an unknown exception"};
  }
}

}  // namespace roundtrip::usecases
