#pragma once

#include <string>

#include "core/rehearsal.hh"

namespace titip {

// {"type","id","underReviewNow","underReviewThen","fields":[{"field","policyNow","policyThen",
//  "underReviewNow","underReviewThen","values":[{"n","value","by","facility","node","at",
//  "correctedAt","confidence","event","shownNow","shownThen"}]}],"version"}. A value that
//  identifies
// a person is not printed, but "withheld":true; equal ones still share an "n". Any 16 digits in a
// row are masked.
std::string rehearsed_line(const RehearsedRecord& record, const Rehearsal& rehearsal);

// {"summary":{"records","differing","newlyUnderReview","noMoreUnderReview","refused"}}
std::string rehearsal_summary_line(const RehearsalCounts& counts);

}  // namespace titip
