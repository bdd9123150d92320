@0xd5a0a41b3b1a3f77;
# The record types of integrated primary care (ILP), from the health post to the district.
# What a field means to the machine stands beside it (rules.capnp). Rules of this file, each a test:
# no groups, unions, lists, defaults or pointers other than Text; at most 64 fields a type; every
# number with its unit and range; every name in both languages. A field nobody set is absent, not
# zero: the event's masks say which are there, so no enum needs a word for "not stated".
# Hard ranges refuse what cannot be. Usual ranges only flag: the p1 and p99 of real surveys or, for
# the elderly, all that one survey saw.
# Merging: absent means `later`, for what is written once or where the latest word is the best.
# `authority` where a health centre checks against papers that the post has not seen. `max`, `min`
# where one is right by its nature. `review` where a wrong choice harms someone and no rule knows
# which is right. The reasons stand at a type's head for each policy, or at the field itself.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("titip::schema");

using import "rules.capnp".record; using import "rules.capnp".duplicates;
using import "rules.capnp".range; using import "rules.capnp".unit; using import "rules.capnp".loinc;
using import "rules.capnp".dhis2; using import "rules.capnp".label; using import "rules.capnp".merge;
using import "rules.capnp".refersTo; using import "rules.capnp".identifies;
using import "rules.capnp".addressee; using import "rules.capnp".home; using import "rules.capnp".distinguishes;
using import "rules.capnp".required; using import "rules.capnp".format; using import "rules.capnp".maxBytes;

using Terms = import "terms.capnp";
using Date = Int32;      # days since 1970-01-01; each field says $format(date)
using Time = Int64;      # ms since 1970-01-01 UTC; each field says $format(time)
using RecordId = UInt64; # each field says what it $refersTo

struct Vocabulary {
  # Every record type, for reflection to find: generated C++ has no list of a file's structs.
  node @0 :Node; facility @1 :Facility; person @2 :Person; enrolment @3 :Enrolment;
  pregnancy @4 :Pregnancy; referral @5 :Referral; message @6 :Message;
  growthMeasurement @7 :GrowthMeasurement; immunization @8 :Immunization;
  supplement @9 :Supplement; ancVisit @10 :AncVisit; delivery @11 :Delivery;
  postnatalVisit @12 :PostnatalVisit; adultScreening @13 :AdultScreening;
  elderlyScreening @14 :ElderlyScreening; tbScreening @15 :TbScreening; homeVisit @16 :HomeVisit;
  stockMovement @17 :StockMovement; dangerSign @18 :DangerSign;
}

# ---- registers ----

struct Node $record(kind = register, number = 1, system = true)
    $label(id = "Perangkat", en = "Node") {
  # A node's enrolment and revocation, written by its hub, so that both outlive the hub's disk. Only
  # a hub that went back writes one twice, and the last is what the node has; of times the earliest
  # counts, since nothing said after a revocation was trusted.
  facility @0 :Text $format(facility) $required $label(id = "Fasilitas", en = "Facility");
  kind @1 :Terms.FacilityKind $required $label(id = "Jenis fasilitas", en = "Facility kind");
  name @2 :Text $required $maxBytes(128) $label(id = "Nama perangkat", en = "Device name");
  publicKey @3 :Text $required $maxBytes(64) $label(id = "Kunci publik", en = "Public key");  # hex
  enrolledAt @4 :Time $format(time) $merge(min) $label(id = "Terdaftar sejak", en = "Enrolled at");
  revokedAt @5 :Time $format(time) $merge(min) $label(id = "Dicabut pada", en = "Revoked at");
  area @6 :Text $format(area) $label(id = "Kode wilayah", en = "Area code");
  # Of a district that may not have everything: names and codes, separated by commas; absent: all.
  types @7 :Text $maxBytes(1000) $label(id = "Jenis catatan", en = "Record types");
  areas @8 :Text $maxBytes(1000) $label(id = "Wilayah", en = "Areas");
  withheld @9 :Bool $label(id = "Tanpa data identitas", en = "Identifying fields are withheld");
}

struct Facility $record(kind = register, number = 2) $duplicates("code")
    $label(id = "Fasilitas", en = "Facility") {
  # Owned by the office above: what the district wrote is shown over what the post wrote.
  code @0 :Text $format(facility) $required $merge(authority)
      $label(id = "Kode fasilitas", en = "Facility code");
  name @1 :Text $required $maxBytes(128) $merge(authority) $label(id = "Nama", en = "Name");
  kind @2 :Terms.FacilityKind $merge(authority) $label(id = "Jenis", en = "Kind");
  parent @3 :Text $format(facility) $merge(authority)
      $label(id = "Fasilitas induk", en = "Parent facility");
  area @4 :Text $format(area) $merge(authority) $label(id = "Kode wilayah", en = "Area code");
  openedDate @5 :Date $format(date) $merge(authority) $label(id = "Mulai buka", en = "Opened on");
  closedDate @6 :Date $format(date) $merge(authority) $label(id = "Tutup sejak", en = "Closed on");
}

struct Person $record(kind = register, number = 3)
    $duplicates("name birthDate sex; nik; motherNik birthDate birthOrder") $label(id = "Orang", en = "Person") {
  # `authority`: the health centre compares with cards, certificates and delivery notes. `later`:
  # where one lives, is called and what may change; the latest word is the best, whoever heard it.

  # A mother's NIK is often typed for her child, so no machine may choose between two.
  nik @0 :Text $format(nik) $identifies $merge(review) $label(id = "NIK", en = "NIK");
  name @1 :Text $identifies $required $maxBytes(128) $merge(authority)
      $label(id = "Nama", en = "Name");
  # Growth standards and schedules follow from sex and birth date: a person decides.
  sex @2 :Terms.Sex $merge(review) $label(id = "Jenis kelamin", en = "Sex");
  birthDate @3 :Date $format(date) $merge(review) $label(id = "Tanggal lahir", en = "Birth date");
  birthDateEstimated @4 :Bool $merge(authority)
      $label(id = "Tanggal lahir perkiraan", en = "Birth date is estimated");
  mother @5 :RecordId $refersTo("Person") $merge(authority) $label(id = "Ibu", en = "Mother");
  motherName @6 :Text $identifies $maxBytes(128) $merge(authority)
      $label(id = "Nama ibu", en = "Mother's name");
  motherNik @7 :Text $format(nik) $identifies $merge(authority)
      $label(id = "NIK ibu", en = "Mother's NIK");
  # Among twins, so that they stay two: 0 for a single birth, else 1, 2, …
  birthOrder @8 :UInt8 $range(min = 0, max = 9) $unit("1") $merge(authority) $distinguishes
      $label(id = "Urutan lahir kembar", en = "Order in a multiple birth");
  childNumber @9 :UInt8 $range(min = 1, max = 25) $unit("1") $merge(authority)
      $label(id = "Anak ke", en = "Number among the mother's children");
  birthWeightGrams @10 :UInt16 $range(min = 300, max = 7000) $unit("g") $merge(authority)
      $label(id = "Berat lahir", en = "Birth weight");
  birthLengthMillimetres @11 :UInt16 $range(min = 200, max = 700) $unit("mm") $merge(authority)
      $label(id = "Panjang lahir", en = "Birth length");
  familyCard @12 :Text $identifies $maxBytes(16) $merge(authority)
      $label(id = "No. KK", en = "Family card number");
  ihsNumber @13 :Text $identifies $maxBytes(32) $merge(authority)
      $label(id = "Nomor IHS", en = "SATUSEHAT number");
  insuranceNumber @14 :Text $identifies $maxBytes(32) $merge(authority)
      $label(id = "No. BPJS", en = "Insurance number");
  phone @15 :Text $format(phone) $identifies $label(id = "Telepon", en = "Phone");
  address @16 :Text $identifies $label(id = "Alamat", en = "Address");
  rt @17 :Text $identifies $maxBytes(3) $label(id = "RT", en = "RT (neighbourhood)");
  rw @18 :Text $identifies $maxBytes(3) $label(id = "RW", en = "RW (hamlet)");
  area @19 :Text $format(area) $label(id = "Kode wilayah", en = "Area code");
  # Two posts that both claim or both drop a moved family would each be right by a clock.
  facility @20 :Text $format(facility) $home $merge(review)
      $label(id = "Fasilitas pembina", en = "Home facility");
  motherChildBook @21 :Bool $label(id = "Punya Buku KIA", en = "Has the mother and child book");
  disability @22 :Bool $label(id = "Disabilitas", en = "Lives with a disability");
  # Whoever is taken for dead is looked for no more.
  deceasedDate @23 :Date $format(date) $merge(review)
      $label(id = "Tanggal meninggal", en = "Died on");
}

struct Enrolment $record(kind = register, number = 4) $duplicates("person facility programme")
    $label(id = "Kepesertaan", en = "Enrolment") {
  # A person in the care of a facility, for one programme. `later`: as of who saw her last.
  person @0 :RecordId $refersTo("Person") $required $label(id = "Orang", en = "Person");
  # Two posts that both claim her, as with a person's home.
  facility @1 :Text $format(facility) $required $merge(review)
      $label(id = "Fasilitas", en = "Facility");
  programme @2 :Terms.Programme $label(id = "Sasaran", en = "Programme");
  # Care begins with the first that gave it.
  fromDate @3 :Date $format(date) $merge(min) $label(id = "Sejak", en = "From");
  # Ended at one place while cared for at another: a person decides, or a child is dropped by both.
  untilDate @4 :Date $format(date) $merge(review) $label(id = "Sampai", en = "Until");
  endReason @5 :Terms.EndReason $merge(review)
      $label(id = "Alasan berakhir", en = "Reason of the end");
  # The office that both posts report to knows where.
  movedTo @6 :Text $format(facility) $merge(authority)
      $label(id = "Pindah ke fasilitas", en = "Moved to facility");
}

struct Pregnancy $record(kind = register, number = 5) $duplicates("person lastPeriodDate")
    $label(id = "Kehamilan", en = "Pregnancy") {
  # `later`: written once, as she says it, and where she is cared for. `authority`: a doctor's
  # ultrasound, record and judgement outrank what was remembered at the post.
  person @0 :RecordId $refersTo("Person") $required $label(id = "Ibu", en = "Mother");
  facility @1 :Text $format(facility) $label(id = "Fasilitas", en = "Facility");
  # The first contact counts.
  registeredDate @2 :Date $format(date) $merge(min)
      $label(id = "Tanggal daftar", en = "Registered on");
  lastPeriodDate @3 :Date $format(date) $merge(authority)
      $label(id = "HPHT", en = "Last menstrual period");
  expectedDate @4 :Date $format(date) $merge(authority)
      $label(id = "Taksiran persalinan", en = "Expected delivery");
  gravida @5 :UInt8 $range(min = 1, max = 25) $unit("1") $merge(authority)
      $loinc(code = "11996-6", unit = "1") $label(id = "Gravida", en = "Gravida");
  para @6 :UInt8 $range(min = 0, max = 25) $unit("1") $merge(authority)
      $label(id = "Para", en = "Para");
  abortus @7 :UInt8 $range(min = 0, max = 25) $unit("1") $merge(authority)
      $label(id = "Abortus", en = "Abortus");
  weightBeforeGrams @8 :UInt32 $range(min = 20000, max = 250000) $unit("g")
      $label(id = "Berat sebelum hamil", en = "Weight before pregnancy");
  # A wrong one kills.
  bloodType @9 :Terms.BloodType $merge(review) $label(id = "Golongan darah", en = "Blood type");
  highRisk @10 :Bool $merge(authority) $label(id = "Risiko tinggi", en = "High risk");
  # Delivered at one place and "still pregnant" at another is a missed visit or a lost child.
  status @11 :Terms.PregnancyStatus $merge(review) $label(id = "Status", en = "Status");
  endedDate @12 :Date $format(date) $merge(authority) $label(id = "Berakhir pada", en = "Ended on");
  note @13 :Text $identifies $maxBytes(500) $label(id = "Catatan", en = "Note");
}

struct Referral $record(kind = register, number = 6, urgent = true)
    $duplicates("person date toFacility") $label(id = "Rujukan", en = "Referral") {
  # `later`: written once by who refers, and corrected by them.
  person @0 :RecordId $refersTo("Person") $required $label(id = "Orang", en = "Person");
  date @1 :Date $format(date) $required $label(id = "Tanggal", en = "Date");
  fromFacility @2 :Text $format(facility) $label(id = "Dari fasilitas", en = "From facility");
  # Sent to two places at once: the health centre's word, for it answers for the transport.
  toFacility @3 :Text $format(facility) $addressee $required $merge(authority)
      $label(id = "Ke fasilitas", en = "To facility");
  reason @4 :Terms.ReferralReason $label(id = "Alasan", en = "Reason");
  # The more careful of two judgements.
  urgency @5 :Terms.Urgency $merge(max) $label(id = "Kegawatan", en = "Urgency");
  # Answered while it is being cancelled: both happened, and someone must look.
  status @6 :Terms.ReferralStatus $merge(review) $label(id = "Status", en = "Status");
  # The first that saw the patient.
  arrivedAt @7 :Time $format(time) $merge(min) $label(id = "Tiba pada", en = "Arrived at");
  # By the place that answers, which ranks higher.
  answeredAt @8 :Time $format(time) $merge(authority)
      $label(id = "Dijawab pada", en = "Answered at");
  complaint @9 :Text $identifies $maxBytes(500) $label(id = "Keluhan", en = "Complaint");
  # Treatment advice is never dropped.
  answer @10 :Text $identifies $maxBytes(1000) $merge(review)
      $label(id = "Jawaban rujukan", en = "Answer");
  # Rather too early than too late.
  followUpDate @11 :Date $format(date) $merge(min)
      $label(id = "Tindak lanjut", en = "Follow-up on");
  dangerSign @12 :RecordId $refersTo("DangerSign") $label(id = "Tanda bahaya", en = "Danger sign");
}

struct Message $record(kind = register, number = 7) $label(id = "Pesan", en = "Message") {
  # Written once, by its author.
  toFacility @0 :Text $format(facility) $addressee $required
      $label(id = "Ke fasilitas", en = "To facility");
  fromFacility @1 :Text $format(facility) $label(id = "Dari fasilitas", en = "From facility");
  topic @2 :Terms.MessageTopic $label(id = "Perihal", en = "Topic");
  text @3 :Text $identifies $required $maxBytes(2000) $label(id = "Isi", en = "Text");
  person @4 :RecordId $refersTo("Person") $label(id = "Tentang orang", en = "About person");
  replyTo @5 :RecordId $refersTo("Message") $label(id = "Balasan untuk", en = "Reply to");
  # The first reading is the reading.
  readAt @6 :Time $format(time) $merge(min) $label(id = "Dibaca pada", en = "Read at");
}

# ---- observations ----
# Append-only: each visit is a record of its own, so two visits never conflict. Only two corrections
# of one observation can, and they come from who measured: `later`, unless a field says otherwise.

struct GrowthMeasurement $record(kind = observation, number = 12) $duplicates("person date")
    $label(id = "Pengukuran pertumbuhan", en = "Growth measurement") {
  person @0 :RecordId $refersTo("Person") $required $label(id = "Anak", en = "Child");
  date @1 :Date $format(date) $required $label(id = "Tanggal ukur", en = "Date measured");
  weightGrams @2 :UInt32 $range(min = 500, max = 40000, usualMin = 5500, usualMax = 18400)
      $unit("g") $loinc(code = "29463-7", unit = "kg") $dhis2("GROWTH_WEIGHT")
      $label(id = "Berat badan", en = "Weight");
  # FHIR: 8306-3 when lying.
  lengthMillimetres @3 :UInt16 $range(min = 300, max = 1300, usualMin = 614, usualMax = 1094)
      $unit("mm") $loinc(code = "8302-2", unit = "cm") $dhis2("GROWTH_LENGTH")
      $label(id = "Panjang/tinggi badan", en = "Length/height");
  posture @4 :Terms.Posture $label(id = "Cara ukur", en = "Posture");
  muacMillimetres @5 :UInt16 $range(min = 60, max = 300, usualMin = 109, usualMax = 174) $unit("mm")
      $loinc(code = "56072-2", unit = "cm") $dhis2("GROWTH_MUAC")
      $label(id = "Lingkar lengan atas", en = "Mid-upper arm circumference");
  headMillimetres @6 :UInt16 $range(min = 200, max = 650) $unit("mm")
      $loinc(code = "9843-4", unit = "cm") $dhis2("GROWTH_HEAD")
      $label(id = "Lingkar kepala", en = "Head circumference");
  oedema @7 :Bool $label(id = "Edema kedua punggung kaki", en = "Oedema of both feet");
  place @8 :Terms.CarePlace $label(id = "Tempat ukur", en = "Place measured");
  facility @9 :Text $format(facility) $label(id = "Fasilitas", en = "Facility");
  exclusiveBreastfeeding @10 :Bool $label(id = "ASI eksklusif", en = "Exclusively breastfed");
  development @11 :Terms.DevelopmentResult
      $label(id = "Hasil KPSP", en = "Development check (KPSP)");
  note @12 :Text $identifies $maxBytes(500) $label(id = "Catatan", en = "Note");
}

struct Immunization $record(kind = observation, number = 13)
    $duplicates("person antigen doseNumber") $label(id = "Imunisasi", en = "Immunization") {
  person @0 :RecordId $refersTo("Person") $required $label(id = "Orang", en = "Person");
  date @1 :Date $format(date) $required $label(id = "Tanggal", en = "Date");
  # The health centre has the vaccinator's register; who types from the book or from memory has not.
  antigen @2 :Terms.Antigen $required $merge(authority) $label(id = "Antigen", en = "Antigen");
  # 0: the birth dose.
  doseNumber @3 :UInt8 $range(min = 0, max = 9) $unit("{dose}") $merge(authority)
      $label(id = "Dosis ke", en = "Dose number");
  status @4 :Terms.DoseStatus $merge(authority) $label(id = "Status", en = "Status");
  timing @5 :Terms.DoseTiming $label(id = "Waktu pemberian", en = "Timing");
  recalled @6 :Bool $merge(authority)
      $label(id = "Menurut ingatan atau buku", en = "By recall or from the book");
  lot @7 :Text $maxBytes(32) $label(id = "Nomor batch", en = "Lot");
  expiryDate @8 :Date $format(date) $label(id = "Kedaluwarsa", en = "Expires on");
  # One that is denied by a clock is met again with the next dose.
  reaction @9 :Bool $merge(review) $label(id = "KIPI", en = "Adverse event");
  facility @10 :Text $format(facility) $label(id = "Fasilitas", en = "Facility");
}

struct Supplement $record(kind = observation, number = 14) $duplicates("person product date")
    $label(id = "Suplementasi", en = "Supplement") {
  person @0 :RecordId $refersTo("Person") $required $label(id = "Orang", en = "Person");
  date @1 :Date $format(date) $required $label(id = "Tanggal", en = "Date");
  product @2 :Terms.SupplementProduct $required $label(id = "Jenis", en = "Product");
  amount @3 :UInt16 $range(min = 1, max = 400) $unit("1") $dhis2("SUPPLEMENT_GIVEN")
      $label(id = "Jumlah diberikan", en = "Number given");
  taken @4 :UInt16 $range(min = 0, max = 400) $unit("1")
      $label(id = "Jumlah dikonsumsi sebulan terakhir", en = "Number taken in the last month");
  facility @5 :Text $format(facility) $label(id = "Fasilitas", en = "Facility");
}

struct AncVisit $record(kind = observation, number = 15) $duplicates("person date")
    $label(id = "Pemeriksaan kehamilan", en = "Antenatal visit") {
  person @0 :RecordId $refersTo("Person") $required $label(id = "Ibu", en = "Mother");
  date @1 :Date $format(date) $required $label(id = "Tanggal", en = "Date");
  pregnancy @2 :RecordId $refersTo("Pregnancy") $label(id = "Kehamilan", en = "Pregnancy");
  visit @3 :Terms.AncContact $label(id = "Kunjungan", en = "Visit");
  gestationWeeks @4 :UInt8 $range(min = 0, max = 45) $unit("wk") $dhis2("ANC_GESTATION")
      $label(id = "Usia kehamilan", en = "Gestational age");
  weightGrams @5 :UInt32 $range(min = 20000, max = 250000) $unit("g")
      $loinc(code = "29463-7", unit = "kg") $dhis2("ANC_WEIGHT")
      $label(id = "Berat badan", en = "Weight");
  muacMillimetres @6 :UInt16 $range(min = 100, max = 600) $unit("mm")
      $loinc(code = "56072-2", unit = "cm") $dhis2("ANC_MUAC")
      $label(id = "LiLA", en = "Mid-upper arm circumference");
  systolic @7 :UInt16 $range(min = 40, max = 300) $unit("mm[Hg]")
      $loinc(code = "8480-6", unit = "mm[Hg]") $dhis2("ANC_SYSTOLIC")
      $label(id = "Tekanan darah sistolik", en = "Systolic blood pressure");
  diastolic @8 :UInt16 $range(min = 20, max = 200) $unit("mm[Hg]")
      $loinc(code = "8462-4", unit = "mm[Hg]") $dhis2("ANC_DIASTOLIC")
      $label(id = "Tekanan darah diastolik", en = "Diastolic blood pressure");
  fundalHeightMillimetres @9 :UInt16 $range(min = 0, max = 600) $unit("mm")
      $label(id = "Tinggi fundus", en = "Fundal height");
  fetalHeartRate @10 :UInt16 $range(min = 0, max = 300) $unit("/min")
      $label(id = "Denyut jantung janin", en = "Fetal heart rate");
  # 1 g/dL is 10 g/L: one decimal of the usual unit as a whole number.
  haemoglobinGramsPerLitre @11 :UInt16 $range(min = 20, max = 250) $unit("g/L")
      $loinc(code = "718-7", unit = "g/dL") $dhis2("ANC_HAEMOGLOBIN")
      $label(id = "Hemoglobin", en = "Haemoglobin");
  ironTabletsGiven @12 :UInt16 $range(min = 0, max = 180) $unit("{tablet}") $dhis2("ANC_IRON")
      $label(id = "TTD diberikan", en = "Iron tablets given");
  ironTabletsTaken @13 :UInt16 $range(min = 0, max = 180) $unit("{tablet}")
      $label(id = "TTD dikonsumsi", en = "Iron tablets taken");
  hiv @14 :Terms.TestResult $label(id = "Tes HIV", en = "HIV test");
  syphilis @15 :Terms.TestResult $label(id = "Tes sifilis", en = "Syphilis test");
  hepatitisB @16 :Terms.TestResult $label(id = "Tes hepatitis B", en = "Hepatitis B test");
  malaria @17 :Terms.TestResult $label(id = "Tes malaria", en = "Malaria test");
  proteinuria @18 :Terms.TestResult $label(id = "Protein urin", en = "Proteinuria");
  ultrasound @19 :Bool $label(id = "USG", en = "Ultrasound done");
  classAttended @20 :Bool $label(id = "Ikut kelas ibu hamil", en = "Attended the mothers' class");
  facility @21 :Text $format(facility) $label(id = "Fasilitas", en = "Facility");
  note @22 :Text $identifies $maxBytes(500) $label(id = "Catatan", en = "Note");
}

struct Delivery $record(kind = observation, number = 16) $duplicates("person childOrder bornAt")
    $label(id = "Persalinan", en = "Delivery") {
  # One child born: twins are two records. `authority`: the health centre has the delivery note.
  person @0 :RecordId $refersTo("Person") $required $label(id = "Ibu", en = "Mother");
  bornAt @1 :Time $format(time) $required $merge(authority)
      $label(id = "Waktu lahir", en = "Time of birth");
  pregnancy @2 :RecordId $refersTo("Pregnancy") $label(id = "Kehamilan", en = "Pregnancy");
  child @3 :RecordId $refersTo("Person") $label(id = "Anak", en = "Child");
  childOrder @4 :UInt8 $range(min = 0, max = 9) $unit("1")
      $label(id = "Urutan lahir kembar", en = "Order in a multiple birth");
  sex @5 :Terms.Sex $merge(authority) $label(id = "Jenis kelamin", en = "Sex");
  gestationWeeks @6 :UInt8 $range(min = 18, max = 45) $unit("wk") $merge(authority)
      $label(id = "Usia kehamilan", en = "Gestational age");
  birthWeightGrams @7 :UInt16 $range(min = 300, max = 7000) $unit("g") $merge(authority)
      $dhis2("BIRTH_WEIGHT") $label(id = "Berat lahir", en = "Birth weight");
  birthLengthMillimetres @8 :UInt16 $range(min = 200, max = 700) $unit("mm") $merge(authority)
      $label(id = "Panjang lahir", en = "Birth length");
  headMillimetres @9 :UInt16 $range(min = 200, max = 650) $unit("mm") $merge(authority)
      $loinc(code = "9843-4", unit = "cm") $label(id = "Lingkar kepala", en = "Head circumference");
  # Alive here and dead there is nobody's tie to break.
  outcome @10 :Terms.BirthOutcome $merge(review) $label(id = "Keadaan bayi", en = "Outcome");
  manner @11 :Terms.BirthManner $merge(authority) $label(id = "Cara persalinan", en = "Manner");
  attendant @12 :Terms.BirthAttendant $label(id = "Penolong", en = "Attendant");
  place @13 :Terms.CarePlace $label(id = "Tempat", en = "Place");
  earlyBreastfeeding @14 :Bool $label(id = "IMD", en = "Breastfed within an hour");
  vitaminK @15 :Bool $label(id = "Vitamin K1", en = "Vitamin K1 given");
  facility @16 :Text $format(facility) $label(id = "Fasilitas", en = "Facility");
  note @17 :Text $identifies $maxBytes(500) $label(id = "Catatan", en = "Note");
}

struct PostnatalVisit $record(kind = observation, number = 17) $duplicates("person visit date")
    $label(id = "Kunjungan nifas dan neonatal", en = "Postnatal visit") {
  # Of the mother (KF) or of the newborn (KN).
  person @0 :RecordId $refersTo("Person") $required $label(id = "Orang", en = "Person");
  date @1 :Date $format(date) $required $label(id = "Tanggal", en = "Date");
  delivery @2 :RecordId $refersTo("Delivery") $label(id = "Persalinan", en = "Delivery");
  visit @3 :Terms.PostnatalContact $label(id = "Kunjungan", en = "Visit");
  weightGrams @4 :UInt32 $range(min = 300, max = 250000) $unit("g")
      $loinc(code = "29463-7", unit = "kg") $label(id = "Berat badan", en = "Weight");
  temperatureTenths @5 :UInt16 $range(min = 300, max = 450) $unit("dCel")
      $label(id = "Suhu (persepuluh °C)", en = "Temperature (tenths of °C)");
  systolic @6 :UInt16 $range(min = 40, max = 300) $unit("mm[Hg]")
      $loinc(code = "8480-6", unit = "mm[Hg]")
      $label(id = "Tekanan darah sistolik", en = "Systolic blood pressure");
  diastolic @7 :UInt16 $range(min = 20, max = 200) $unit("mm[Hg]")
      $loinc(code = "8462-4", unit = "mm[Hg]")
      $label(id = "Tekanan darah diastolik", en = "Diastolic blood pressure");
  breastfeeding @8 :Bool $label(id = "Menyusui", en = "Breastfeeding");
  vitaminA @9 :Bool $label(id = "Vitamin A nifas", en = "Vitamin A given");
  bleeding @10 :Bool $label(id = "Perdarahan", en = "Bleeding");
  infection @11 :Bool $label(id = "Tanda infeksi", en = "Signs of infection");
  jaundice @12 :Bool $label(id = "Ikterus", en = "Jaundice");
  facility @13 :Text $format(facility) $label(id = "Fasilitas", en = "Facility");
  note @14 :Text $identifies $maxBytes(500) $label(id = "Catatan", en = "Note");
}

struct AdultScreening $record(kind = observation, number = 18) $duplicates("person date")
    $label(id = "Skrining dewasa", en = "Adult screening") {
  person @0 :RecordId $refersTo("Person") $required $label(id = "Orang", en = "Person");
  date @1 :Date $format(date) $required $label(id = "Tanggal", en = "Date");
  weightGrams @2 :UInt32 $range(min = 15000, max = 250000) $unit("g")
      $loinc(code = "29463-7", unit = "kg") $label(id = "Berat badan", en = "Weight");
  heightMillimetres @3 :UInt16 $range(min = 500, max = 2500) $unit("mm")
      $loinc(code = "8302-2", unit = "cm") $label(id = "Tinggi badan", en = "Height");
  waistMillimetres @4 :UInt16 $range(min = 300, max = 2000) $unit("mm")
      $loinc(code = "8280-0", unit = "cm") $dhis2("ADULT_WAIST")
      $label(id = "Lingkar perut", en = "Waist circumference");
  systolic @5 :UInt16 $range(min = 40, max = 300) $unit("mm[Hg]")
      $loinc(code = "8480-6", unit = "mm[Hg]") $dhis2("ADULT_SYSTOLIC")
      $label(id = "Tekanan darah sistolik", en = "Systolic blood pressure");
  diastolic @6 :UInt16 $range(min = 20, max = 200) $unit("mm[Hg]")
      $loinc(code = "8462-4", unit = "mm[Hg]") $dhis2("ADULT_DIASTOLIC")
      $label(id = "Tekanan darah diastolik", en = "Diastolic blood pressure");
  glucoseRandom @7 :UInt16 $range(min = 10, max = 1000) $unit("mg/dL")
      $loinc(code = "2339-0", unit = "mg/dL") $dhis2("ADULT_GLUCOSE")
      $label(id = "Gula darah sewaktu", en = "Random blood glucose");
  glucoseFasting @8 :UInt16 $range(min = 10, max = 1000) $unit("mg/dL")
      $label(id = "Gula darah puasa", en = "Fasting blood glucose");
  heartRate @9 :UInt16 $range(min = 20, max = 300) $unit("/min")
      $loinc(code = "8867-4", unit = "/min") $label(id = "Denyut nadi", en = "Heart rate");
  smoker @10 :Bool $label(id = "Merokok", en = "Smokes");
  inactive @11 :Bool $label(id = "Kurang aktivitas fisik", en = "Too little exercise");
  lowFruit @12 :Bool $label(id = "Kurang sayur dan buah", en = "Too little fruit and vegetables");
  knownHypertension @13 :Bool $label(id = "Riwayat hipertensi", en = "Known hypertension");
  knownDiabetes @14 :Bool $label(id = "Riwayat diabetes", en = "Known diabetes");
  onTreatment @15 :Bool $label(id = "Minum obat teratur", en = "On regular treatment");
  facility @16 :Text $format(facility) $label(id = "Fasilitas", en = "Facility");
}

struct ElderlyScreening $record(kind = observation, number = 19) $duplicates("person date")
    $label(id = "Skrining lansia", en = "Elderly screening") {
  person @0 :RecordId $refersTo("Person") $required $label(id = "Orang", en = "Person");
  date @1 :Date $format(date) $required $label(id = "Tanggal", en = "Date");
  weightGrams @2 :UInt32 $range(min = 15000, max = 250000, usualMin = 35000, usualMax = 103000)
      $unit("g") $loinc(code = "29463-7", unit = "kg") $label(id = "Berat badan", en = "Weight");
  heightMillimetres @3 :UInt16 $range(min = 500, max = 2500, usualMin = 1410, usualMax = 1900)
      $unit("mm") $loinc(code = "8302-2", unit = "cm") $label(id = "Tinggi badan", en = "Height");
  muacMillimetres @4 :UInt16 $range(min = 100, max = 600, usualMin = 180, usualMax = 550)
      $unit("mm") $loinc(code = "56072-2", unit = "cm")
      $label(id = "LiLA", en = "Mid-upper arm circumference");
  systolic @5 :UInt16 $range(min = 40, max = 300) $unit("mm[Hg]")
      $loinc(code = "8480-6", unit = "mm[Hg]") $dhis2("ELDERLY_SYSTOLIC")
      $label(id = "Tekanan darah sistolik", en = "Systolic blood pressure");
  diastolic @6 :UInt16 $range(min = 20, max = 200) $unit("mm[Hg]")
      $loinc(code = "8462-4", unit = "mm[Hg]") $dhis2("ELDERLY_DIASTOLIC")
      $label(id = "Tekanan darah diastolik", en = "Diastolic blood pressure");
  glucoseRandom @7 :UInt16 $range(min = 10, max = 1000) $unit("mg/dL")
      $loinc(code = "2339-0", unit = "mg/dL") $dhis2("ELDERLY_GLUCOSE")
      $label(id = "Gula darah sewaktu", en = "Random blood glucose");
  adlScore @8 :UInt8 $range(min = 0, max = 20) $unit("{score}") $dhis2("ELDERLY_ADL")
      $label(id = "Skor AKS", en = "Activities of daily living");
  # SKILAS: any of the six is a reason to refer.
  cognition @9 :Bool $label(id = "Penurunan kognitif", en = "Cognitive decline");
  mobility @10 :Bool $label(id = "Keterbatasan mobilisasi", en = "Limited mobility");
  malnutrition @11 :Bool $label(id = "Malnutrisi", en = "Malnutrition");
  vision @12 :Bool $label(id = "Gangguan penglihatan", en = "Visual impairment");
  hearing @13 :Bool $label(id = "Gangguan pendengaran", en = "Hearing loss");
  depression @14 :Bool $label(id = "Gejala depresi", en = "Depressive symptoms");
  facility @15 :Text $format(facility) $label(id = "Fasilitas", en = "Facility");
}

struct TbScreening $record(kind = observation, number = 20) $duplicates("person date")
    $label(id = "Skrining TBC", en = "TB screening") {
  person @0 :RecordId $refersTo("Person") $required $label(id = "Orang", en = "Person");
  date @1 :Date $format(date) $required $label(id = "Tanggal", en = "Date");
  coughDays @2 :UInt16 $range(min = 0, max = 1000) $unit("d")
      $label(id = "Lama batuk", en = "Days of cough");
  fever @3 :Bool $label(id = "Demam", en = "Fever");
  nightSweats @4 :Bool $label(id = "Keringat malam", en = "Night sweats");
  weightLoss @5 :Bool $label(id = "Berat badan turun", en = "Weight loss");
  contact @6 :Bool $label(id = "Kontak pasien TBC", en = "Contact of a patient");
  indexCase @7 :RecordId $refersTo("Person") $label(id = "Kasus indeks", en = "Index case");
  # The laboratory's, which answers to the health centre.
  result @8 :Terms.TbResult $merge(authority) $label(id = "Hasil", en = "Result");
  facility @9 :Text $format(facility) $label(id = "Fasilitas", en = "Facility");
}

struct HomeVisit $record(kind = observation, number = 21) $duplicates("person date")
    $label(id = "Kunjungan rumah", en = "Home visit") {
  person @0 :RecordId $refersTo("Person") $required $label(id = "Orang", en = "Person");
  date @1 :Date $format(date) $required $label(id = "Tanggal", en = "Date");
  reason @2 :Terms.VisitReason $label(id = "Alasan", en = "Reason");
  found @3 :Terms.VisitFinding $label(id = "Ditemui", en = "Met");
  # The three things that a visit looks for.
  missingService @4 :Bool $label(id = "Belum dapat layanan", en = "Missed a service");
  nonCompliance @5 :Bool $label(id = "Tidak patuh", en = "Does not follow treatment");
  dangerSign @6 :RecordId $refersTo("DangerSign") $label(id = "Tanda bahaya", en = "Danger sign");
  nextDate @7 :Date $format(date) $label(id = "Kunjungan berikut", en = "Next visit");
  facility @8 :Text $format(facility) $label(id = "Fasilitas", en = "Facility");
  note @9 :Text $identifies $maxBytes(500) $label(id = "Catatan", en = "Note");
}

struct StockMovement $record(kind = observation, number = 22)
    $label(id = "Mutasi stok", en = "Stock movement") {
  # What is left is the sum of movements, never a field: two places may draw the last box at once.
  # Whoever moved it, the facility is told, or its sum would lack what others brought and took.
  facility @0 :Text $format(facility) $home $required $label(id = "Fasilitas", en = "Facility");
  date @1 :Date $format(date) $required $label(id = "Tanggal", en = "Date");
  item @2 :Terms.StockItem $required $label(id = "Barang", en = "Item");
  quantity @3 :Int32 $range(min = -100000, max = 100000) $unit("1") $required
      $label(id = "Jumlah (keluar negatif)", en = "Quantity (negative: out)");
  reason @4 :Terms.StockReason $label(id = "Alasan", en = "Reason");
  lot @5 :Text $maxBytes(32) $label(id = "Nomor batch", en = "Lot");
  expiryDate @6 :Date $format(date) $label(id = "Kedaluwarsa", en = "Expires on");
  otherFacility @7 :Text $format(facility) $label(id = "Fasilitas lawan", en = "Other facility");
}

struct DangerSign $record(kind = observation, number = 23, urgent = true)
    $label(id = "Tanda bahaya", en = "Danger sign") {
  # Of a person, or of a place when `sign` is a suspected outbreak.
  date @0 :Date $format(date) $required $label(id = "Tanggal", en = "Date");
  sign @1 :Terms.Danger $required $label(id = "Tanda", en = "Sign");
  person @2 :RecordId $refersTo("Person") $label(id = "Orang", en = "Person");
  onsetDate @3 :Date $format(date) $label(id = "Mulai sejak", en = "Since");
  # Two who count one outbreak each miss some.
  cases @4 :UInt16 $range(min = 1, max = 10000) $unit("{case}") $merge(max)
      $label(id = "Jumlah kasus", en = "Cases seen");
  area @5 :Text $format(area) $label(id = "Kode wilayah", en = "Area code");
  facility @6 :Text $format(facility) $label(id = "Fasilitas", en = "Facility");
  note @7 :Text $identifies $maxBytes(500) $label(id = "Catatan", en = "Note");
}
