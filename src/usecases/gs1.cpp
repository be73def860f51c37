// GS1 settings: read, checked, saved.
#include "usecases/gs1.hpp"

#include "domain/gs1.hpp"
#include "store/database.hpp"

namespace roundtrip::usecases {

Gs1Settings read_gs1_settings(const Context& context) {
  store::Session session(context.db);
  return store::gs1_settings(session, context.merchant);
}

Done save_gs1_settings(const Context& context, const Gs1Settings& settings) {
  if (!settings.company_prefix.empty() && !domain::sscc_of(settings.company_prefix, settings.extension, 0)) {
    return Error{ErrorKind::invalid, "bad_company_prefix", "A GS1 company prefix has 7 to 12 digits; GS1 gave it to you."};
  }
  store::Transaction tx{context.db};
  if (!store::save_gs1_settings(tx, context.merchant, settings, context.now)) {
    return Error{ErrorKind::invalid, "unknown_warehouse", "Name warehouses that are there; without a company prefix name none."};
  }
  tx.commit();
  return done();
}

}  // namespace roundtrip::usecases
