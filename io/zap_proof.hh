#pragma once

#include "io/keys.hh"
#include "io/zap_handler.hh"

namespace titip {

// Knocks at `router`, bound to `endpoint` on loopback, with a key made for this, while answering
// `zap` by hand. Returns once the stranger was asked about and refused. Throws OsError in every
// other case: when it was let in, when nobody was asked, and when nothing was decided in time.
void prove_strangers_are_kept_out(const std::string& endpoint, const CurveKey& hub,
                                  const CurvePair& stranger, ZapHandler& zap);

}  // namespace titip
