// What people read in English. The grammar of a sentence stands in core/refusal.cc.

#include "core/refusal_sentences.hh"

namespace titip {

namespace {

constexpr SentenceTable table{{
    {Code::not_json,
     "This is not one valid JSON object: check its braces, commas and quotes and send it again."},
    {Code::not_utf8, "This text is not UTF-8: save it as UTF-8 and send it again."},
    {Code::too_long,
     "This event is too long[, the limit is {0} bytes]: shorten it or split it into several."},
    {Code::too_deep,
     "This JSON is nested too deeply[, the limit is {0} levels]: write it as the guide shows."},
    {Code::duplicate_key, R"(["{field}" ]is written more than once: keep only one.)"},
    {Code::unknown_key,
     R"(There is an unknown key[ at "{field}"]: remove it or correct its spelling.)"},
    {Code::missing_key, R"(The required key[ "{field}"] is missing: add it.)"},
    {Code::wrong_json_type,
     R"(The value[ of "{field}"] is of the wrong kind: write it[ as {0}], as the guide shows.)"},
    {Code::unknown_type,
     R"(The record type[ {0}] in "type" is unknown: correct its spelling or update Titip.)"},
    {Code::system_type,
     "Only the hub writes the record type[ {0}]: use the commands of titip-hub."},
    {Code::unknown_field,
     R"(There is no such field[ as "{field}"][ in {0}]: remove it or correct its spelling.)"},
    {Code::unknown_op,
     R"(The value of "op" is unknown: use new, set, retract, link, unlink or resolve.)"},
    {Code::unknown_enumerant, R"(The choice for "{field}" is unknown[: use one of {0}].)"},
    {Code::not_an_integer,
     R"("{field}" must be a whole number: write it without decimals or exponent, in the )"
     "field's unit."},
    {Code::out_of_range,
     R"("{field}" must be between {0} and {1}[, not {2}]: check the unit and type it again.)"},
    {Code::bad_date,
     R"(The date in "{field}" does not exist or is malformed: write it like 2024-10-15.)"},
    {Code::bad_time, R"(The time in "{field}" does not exist or is malformed: write it like )"
                     "2024-10-15T09:12:00+09:00."},
    {Code::bad_nik,
     R"(The NIK in "{field}" is wrong: it has 16 digits with a possible birth date; )"
     "compare it with the card, or leave it out."},
    {Code::bad_area,
     R"(The area code in "{field}" is wrong: write a Kemendagri code like 94.04.01.2003 )"
     "or its first parts."},
    {Code::bad_phone,
     R"(The phone number in "{field}" is wrong: write 3 to 15 digits, with + in front if )"
     "you like."},
    {Code::bad_text,
     R"(The text in "{field}" is empty or holds control characters such as line breaks: )"
     "type it on one line."},
    {Code::text_too_long,
     R"(The text in "{field}" is too long[, the limit is {0} bytes]: shorten it.)"},
    {Code::bad_id, R"(The id[ in "{field}"] is wrong: copy it exactly as Titip printed it.)"},
    {Code::unknown_ref,
     R"(The ref[ in "{field}"] was never saved on this device: save the event it names )"
     "first, or use the record's id."},
    {Code::wrong_ref_type,
     R"(The ref[ in "{field}"] names a record of another type[, it should be {0}]: check )"
     "the ref."},
    {Code::ref_reused,
     "This ref was already used for an event with other content: give it a new ref."},
    {Code::bad_version,
     R"(The version[ in "{field}"] is wrong: copy it exactly as Titip printed it.)"},
    {Code::nothing_set, R"(No field is given: write at least one field in "set".)"},
    {Code::missing_field,
     R"(The required field[ "{field}"][ of {0}] is not filled in: fill it in.)"},
    {Code::not_allowed_here,
     R"(["{field}" ]may not be used here[ with op {0}]: remove it or check "op".)"},
    {Code::record_retracted,
     "This record was retracted: if it still holds, revive it with resolve."},
    {Code::record_exists, "A record with this id already exists: use op set to change it."},
    {Code::too_contested,
     "This record has too many edits that have not seen each other: read it again and edit what it "
     "shows now."},
    {Code::linked_to_itself,
     R"("other" names the record itself: name the other record of the two.)"},
    {Code::group_full,
     "At most {0} records can be one: look whether those that are linked already belong together."},
    {Code::seen_older,
     "More has arrived since you looked, so nothing was settled: read 'titip-hub conflicts' again "
     "and decide anew."},
    {Code::not_contested,
     R"(Nothing is in conflict here[ in "{field}"]: look again with 'titip-hub conflicts --all'.)"},
    {Code::no_such_choice,
     R"(There is no such number to take[ for "{field}"][, only 1 to {0}]: look at the list again.)"},
    {Code::several_contested,
     "More than one thing must be decided here[: {0}]. Say for which each number is, as "
     "FIELD:NUMBER."},
    {Code::which_other,
     "Whether two records are one is not said by number: say --same ID or --apart ID, with the id "
     "of "
     "the other."},
    {Code::one_pair_only,
     "Say one thing at a time of a pair: --same ID or --apart ID, and nothing beside it."},
    {Code::not_asked,
     "Nobody asks whether these two are one: 'titip-hub conflicts' lists the pairs. To say it all "
     "the "
     "same, record an event with op link or unlink."},
    {Code::disk_full,
     "The disk is full[ ({0})]: free some space; what is saved stays safe and can still be sent."},
    {Code::map_full,
     "The store is full[ ({0})]: connect to the hub so that events are sent, then try again."},
    {Code::busy,
     "Busy at the moment[, try again in {0} seconds]: nothing is lost, try again shortly."},
    {Code::bad_invitation,
     "This invitation is not complete: copy the whole titip:// link or scan its QR code again."},
    {Code::invitation_for_agent,
     "This invitation is for a health post's device: accept it there with 'titip-agent join'."},
    {Code::invitation_for_district,
     "This invitation is for a district office: accept it there with 'titip-district join'."},
    {Code::invitation_expired,
     "This invitation is older than 24 hours: ask the hub's administrator for a new one."},
    {Code::invitation_used,
     "This invitation was used by another device: ask the hub's administrator for a new one."},
    {Code::other_hub,
     "This device is enrolled at another hub[ ({0})]: use a new data directory for this hub, or "
     "'join --replace' if the former hub is gone for good."},
    {Code::nothing_to_replace,
     "Nobody was ever enrolled[ in {0}], so there is no hub to replace: leave --replace out, or "
     "correct --data."},
    {Code::same_hub,
     "This invitation is of the hub that is there already: --replace is for a hub that was made "
     "anew with other keys."},
    {Code::other_facility,
     "This invitation is for {0}, and this data directory is of {1}: ask for an invitation of the "
     "same facility and kind."},
    {Code::not_enrolled,
     "This device is not enrolled at a hub: ask for an invitation and run join."},
    {Code::revoked,
     "This device's enrolment was revoked: contact the hub's administrator; what is "
     "saved here is kept."},
    {Code::forked, "There are two copies of this device: turn one off; no event is thrown away."},
    {Code::incompatible,
     "The versions of Titip on the two sides do not fit: update the hub first, then the devices."},
    {Code::undecodable,
     "This data is damaged or not from Titip[ ({0})]: send or copy it once more."},
    {Code::wrong_hub_key,
     "The server answered, but it is not this invitation's hub: check the address or "
     "ask for a new invitation."},
    {Code::hub_unreachable,
     "The hub[ at {0}] cannot be reached: check the signal and the address; events stay "
     "saved here."},
    {Code::locked,
     "The data directory[ {0}] is in use by another process: stop it or wait until it "
     "has finished."},
    {Code::no_store,
     "There is no Titip store[ in {0}]: run init or join first, or correct --data."},
    {Code::store_exists,
     "There is already a Titip store[ in {0}]: use another directory so that nothing is "
     "overwritten."},
    {Code::newer_format,
     "This store was written by a newer Titip[ (format {0})]: update Titip on this machine."},
    {Code::damaged,
     "The store is damaged[ ({0})]: do not delete it; check the disk, then run verify "
     "or restore a backup."},
    {Code::no_permission,
     "Permission denied[ for {0}]: run as the titip user or correct the access rights."},
    {Code::io_failed, "The system could not read or write[ ({0})]: check the disk and try again."},
    {Code::address_in_use,
     "The address[ {0}] is already in use: stop the other program or choose another address."},
    {Code::bad_config,
     R"(The configuration file is wrong[ at "{field}"][ ({0})]: correct it and start again.)"},
    {Code::bad_option, "The option[ {field}] is wrong[: {0}]; see --help for how to write it."},
    {Code::not_found, "[{0} ]was not found here: check the type and id; it may be held elsewhere."},
    {Code::no_such_node,
     "This hub knows no such device: titip-hub nodes --json lists them, name one by its node or "
     "its "
     "facility code."},
    {Code::several_nodes,
     "This facility has several devices: name one by its node, as titip-hub nodes --json "
     "prints it."},
    {Code::only_districts,
     "The option[ {field}] is only for --kind district: any other device receives what concerns "
     "its facility, so leave the option out."},
    {Code::no_file, "There is no file[ {0}]: check its name and folder."},
    {Code::http_bad_request, "This HTTP request is malformed: check its address, method and body."},
    {Code::http_forbidden,
     "This request is refused[ because of its {field}]: open it through Titip's own "
     "loopback address."},
    {Code::http_wrong_content_type,
     "The content type is wrong: send application/json or application/x-ndjson."},
    {Code::http_too_large,
     "This request is too large[, the limit is {0} bytes]: split it into several."},
    {Code::no_such_hub,
     "This district has joined no such hub: name one as titip-district status prints it."},
    {Code::several_hubs,
     "This district receives from several hubs: name one by its facility code, with --hub or "
     "hub=."},
    {Code::other_kind,
     "The data directory[ {0}] is of another program[: {1}]; use that program or correct --data."},
    {Code::no_such_path,
     "There is nothing at this address[ for {0}]: check the path, and whether it is a GET or a "
     "POST."},
    {Code::stream_ended,
     "The stream has ended because the hub stopped: start it, then go on with --after and the last "
     "offset or position printed."},
    {Code::daemon_unreachable,
     "The Titip daemon[ at {0}] does not answer: start it with run and try again."},
    {Code::bad_policy,
     "A policy is written as TYPE.field=POLICY, and is one of later, authority, max, min and "
     "review: correct --policy."},
    {Code::policy_no_type,
     "There is no such record type: correct its spelling in --policy, as in Person.name=later."},
    {Code::policy_no_field,
     "The record type[ {0}] has no such field: correct its spelling in --policy."},
    {Code::policy_not_for_field,
     "The policies max and min are for numbers, dates and times[, and {0} is none]: choose later, "
     "authority or review."},
    {Code::policy_twice, "A field is given two policies[: {0}]; try one of them after the other."},
    {Code::file_exists,
     "There is already a file[ {0}]: nothing is overwritten; choose another name."},
    {Code::bad_backup,
     "The file[ {0}] is not a whole backup of a Titip hub: it is cut short, damaged or something "
     "else. Nothing was changed; take another copy of it, or an older backup."},
    {Code::bad_keys,
     "The file[ {0}] does not hold the keys of a Titip node: give the file that 'keys export' "
     "wrote, whole."},
    {Code::no_keys,
     "There are no keys[ in {0}]: give this hub's own with --keys FILE, as 'keys export' wrote "
     "them."},
    {Code::other_keys,
     "These keys[ ({0})] are not those of the hub in question[: {1}]; use the ones that belong to "
     "it."},
    {Code::store_in_the_way,
     "There is a store[ in {0}] already: move it elsewhere, do not delete it, and restore again."},
}};
static_assert(in_order_of_code(table));

}  // namespace

std::string_view english_sentence(Code code) {
  return table.at(static_cast<std::size_t>(code)).text;
}

}  // namespace titip
