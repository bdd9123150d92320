@0xe2f1c07c0f7d4b95;
# The closed lists that record types of ilp.capnp choose from. Ordinals are on the wire for ever:
# add at the end, never renumber. No list has a word for "not stated": an absent field says that.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("titip::schema");

using import "rules.capnp".label;

enum FacilityKind {
  # Ordinals are fixed by core/types.hh: the rank under the policy `authority`.
  unknown @0 $label(id = "Tidak diketahui", en = "Unknown");
  posyandu @1 $label(id = "Posyandu", en = "Posyandu");
  pustu @2 $label(id = "Pustu", en = "Pustu");
  puskesmas @3 $label(id = "Puskesmas", en = "Puskesmas");
  district @4 $label(id = "Dinas Kesehatan", en = "District office");
}

enum Sex {
  male @0 $label(id = "Laki-laki", en = "Male");
  female @1 $label(id = "Perempuan", en = "Female");
}

enum Posture {
  lying @0 $label(id = "Telentang", en = "Lying");
  standing @1 $label(id = "Berdiri", en = "Standing");
}

enum CarePlace {
  posyandu @0 $label(id = "Posyandu", en = "Posyandu");
  home @1 $label(id = "Rumah", en = "Home");
  pustu @2 $label(id = "Pustu", en = "Pustu");
  puskesmas @3 $label(id = "Puskesmas", en = "Puskesmas");
  school @4 $label(id = "Sekolah atau PAUD", en = "School or preschool");
  hospital @5 $label(id = "Rumah sakit", en = "Hospital");
  clinic @6 $label(id = "Klinik atau praktik bidan", en = "Clinic or midwife's practice");
  elsewhere @7 $label(id = "Tempat lain", en = "Elsewhere");
}

enum Programme {
  child @0 $label(id = "Bayi dan balita", en = "Infants and young children");
  pregnancy @1 $label(id = "Ibu hamil dan nifas", en = "Pregnant and postnatal");
  school @2 $label(id = "Usia sekolah dan remaja", en = "School age and adolescents");
  adult @3 $label(id = "Dewasa", en = "Adults");
  elderly @4 $label(id = "Lansia", en = "Elderly");
}

enum EndReason {
  moved @0 $label(id = "Pindah", en = "Moved");
  died @1 $label(id = "Meninggal", en = "Died");
  ofAge @2 $label(id = "Lewat usia sasaran", en = "Out of the age group");
  duplicate @3 $label(id = "Data ganda", en = "Duplicate");
  declined @4 $label(id = "Tidak bersedia", en = "Declined");
}

enum PregnancyStatus {
  ongoing @0 $label(id = "Hamil", en = "Ongoing");
  delivered @1 $label(id = "Bersalin", en = "Delivered");
  miscarried @2 $label(id = "Keguguran", en = "Miscarried");
  notPregnant @3 $label(id = "Ternyata tidak hamil", en = "Not pregnant after all");
}

enum BloodType {
  a @0 $label(id = "A", en = "A");
  b @1 $label(id = "B", en = "B");
  ab @2 $label(id = "AB", en = "AB");
  o @3 $label(id = "O", en = "O");
}

enum Urgency {
  planned @0 $label(id = "Terencana", en = "Planned");
  soon @1 $label(id = "Segera", en = "Soon");
  emergency @2 $label(id = "Gawat darurat", en = "Emergency");
}

enum ReferralStatus {
  sent @0 $label(id = "Dikirim", en = "Sent");
  received @1 $label(id = "Diterima", en = "Received");
  arrived @2 $label(id = "Pasien tiba", en = "Patient arrived");
  answered @3 $label(id = "Dijawab", en = "Answered");
  cancelled @4 $label(id = "Dibatalkan", en = "Cancelled");
  closed @5 $label(id = "Selesai", en = "Closed");
}

enum ReferralReason {
  severeWasting @0 $label(id = "Gizi buruk", en = "Severe wasting");
  stunting @1 $label(id = "Stunting", en = "Stunting");
  weightNotGained @2 $label(id = "Berat badan tidak naik", en = "Weight not gained");
  pregnancyRisk @3 $label(id = "Risiko kehamilan", en = "Risk in pregnancy");
  bloodPressure @4 $label(id = "Hipertensi", en = "High blood pressure");
  glucose @5 $label(id = "Gula darah tinggi", en = "High blood glucose");
  tbSuspected @6 $label(id = "Terduga TBC", en = "Suspected TB");
  elderlyRisk @7 $label(id = "Temuan SKILAS", en = "Elderly screening finding");
  dangerSign @8 $label(id = "Tanda bahaya", en = "Danger sign");
  development @9 $label(id = "Perkembangan meragukan", en = "Development in doubt");
  otherReason @10 $label(id = "Lainnya", en = "Other");
}

enum MessageTopic {
  report @0 $label(id = "Laporan", en = "Report");
  question @1 $label(id = "Pertanyaan", en = "Question");
  followUp @2 $label(id = "Tindak lanjut", en = "Follow-up");
  announcement @3 $label(id = "Pengumuman", en = "Announcement");
}

enum DevelopmentResult {
  asExpected @0 $label(id = "Sesuai", en = "As expected");
  inDoubt @1 $label(id = "Meragukan", en = "In doubt");
  deviating @2 $label(id = "Kemungkinan penyimpangan", en = "Possibly deviating");
}

enum Antigen {
  hepatitisB @0 $label(id = "HB0", en = "Hepatitis B");
  bcg @1 $label(id = "BCG", en = "BCG");
  polioOral @2 $label(id = "OPV", en = "Oral polio");
  polioInjected @3 $label(id = "IPV", en = "Inactivated polio");
  pentavalent @4 $label(id = "DPT-HB-Hib", en = "DPT-HB-Hib");
  pneumococcal @5 $label(id = "PCV", en = "Pneumococcal");
  rotavirus @6 $label(id = "Rotavirus", en = "Rotavirus");
  measlesRubella @7 $label(id = "MR", en = "Measles-rubella");
  japaneseEncephalitis @8 $label(id = "JE", en = "Japanese encephalitis");
  papilloma @9 $label(id = "HPV", en = "Human papillomavirus");
  tetanusDiphtheria @10 $label(id = "Td", en = "Tetanus-diphtheria");
  diphtheriaTetanus @11 $label(id = "DT", en = "Diphtheria-tetanus");
}

enum DoseStatus {
  given @0 $label(id = "Diberikan", en = "Given");
  postponed @1 $label(id = "Ditunda", en = "Postponed");
  notGiven @2 $label(id = "Tidak diberikan", en = "Not given");
}

enum DoseTiming {
  onSchedule @0 $label(id = "Ideal", en = "On schedule");
  catchUp @1 $label(id = "Kejar", en = "Catch-up");
}

enum SupplementProduct {
  vitaminABlue @0 $label(id = "Vitamin A biru", en = "Vitamin A 100,000 IU");
  vitaminARed @1 $label(id = "Vitamin A merah", en = "Vitamin A 200,000 IU");
  deworming @2 $label(id = "Obat cacing", en = "Deworming");
  ironTablet @3 $label(id = "TTD", en = "Iron and folic acid tablet");
  extraFood @4 $label(id = "Makanan tambahan", en = "Extra food");
  micronutrient @5 $label(id = "Taburia", en = "Micronutrient powder");
}

enum AncContact {
  k1 @0 $label(id = "K1", en = "K1");
  k2 @1 $label(id = "K2", en = "K2");
  k3 @2 $label(id = "K3", en = "K3");
  k4 @3 $label(id = "K4", en = "K4");
  k5 @4 $label(id = "K5", en = "K5");
  k6 @5 $label(id = "K6", en = "K6");
  extra @6 $label(id = "Tambahan", en = "Extra");
}

enum TestResult {
  negative @0 $label(id = "Negatif", en = "Negative");
  positive @1 $label(id = "Positif", en = "Positive");
  notDone @2 $label(id = "Tidak diperiksa", en = "Not done");
}

enum BirthOutcome {
  alive @0 $label(id = "Hidup", en = "Alive");
  stillborn @1 $label(id = "Lahir mati", en = "Stillborn");
  diedAfterBirth @2 $label(id = "Meninggal setelah lahir", en = "Died after birth");
}

enum BirthManner {
  spontaneous @0 $label(id = "Normal", en = "Spontaneous");
  assisted @1 $label(id = "Dengan alat", en = "Assisted");
  caesarean @2 $label(id = "Sesar", en = "Caesarean");
}

enum BirthAttendant {
  midwife @0 $label(id = "Bidan", en = "Midwife");
  doctor @1 $label(id = "Dokter", en = "Doctor");
  nurse @2 $label(id = "Perawat", en = "Nurse");
  traditional @3 $label(id = "Dukun", en = "Traditional attendant");
  family @4 $label(id = "Keluarga", en = "Family");
}

enum PostnatalContact {
  kf1 @0 $label(id = "KF1", en = "Mother 6 h to 2 days");
  kf2 @1 $label(id = "KF2", en = "Mother 3 to 7 days");
  kf3 @2 $label(id = "KF3", en = "Mother 8 to 28 days");
  kf4 @3 $label(id = "KF4", en = "Mother 29 to 42 days");
  kn1 @4 $label(id = "KN1", en = "Newborn, first");
  kn2 @5 $label(id = "KN2", en = "Newborn, second");
  kn3 @6 $label(id = "KN3", en = "Newborn, third");
}

enum TbResult {
  notSuspected @0 $label(id = "Bukan terduga", en = "Not suspected");
  suspected @1 $label(id = "Terduga", en = "Suspected");
  confirmed @2 $label(id = "Terkonfirmasi", en = "Confirmed");
  ruledOut @3 $label(id = "Tidak terbukti", en = "Ruled out");
}

enum VisitReason {
  routine @0 $label(id = "Rutin", en = "Routine");
  absent @1 $label(id = "Tidak hadir", en = "Was absent");
  notGaining @2 $label(id = "Berat tidak naik", en = "Weight not gained");
  missedDose @3 $label(id = "Imunisasi terlewat", en = "Missed dose");
  treatment @4 $label(id = "Pemantauan obat", en = "Treatment follow-up");
  pregnancy @5 $label(id = "Ibu hamil atau nifas", en = "Pregnant or postnatal");
  afterReferral @6 $label(id = "Pascarujukan", en = "After a referral");
}

enum VisitFinding {
  met @0 $label(id = "Bertemu", en = "Met");
  notHome @1 $label(id = "Tidak di rumah", en = "Not at home");
  movedAway @2 $label(id = "Pindah", en = "Moved away");
  refused @3 $label(id = "Menolak", en = "Refused");
}

enum StockItem {
  vitaminABlue @0 $label(id = "Vitamin A biru", en = "Vitamin A 100,000 IU");
  vitaminARed @1 $label(id = "Vitamin A merah", en = "Vitamin A 200,000 IU");
  deworming @2 $label(id = "Obat cacing", en = "Deworming tablet");
  ironTablet @3 $label(id = "TTD", en = "Iron and folic acid tablet");
  extraFood @4 $label(id = "Makanan tambahan", en = "Extra food");
  vaccineVial @5 $label(id = "Vaksin", en = "Vaccine vial");
  glucoseStrip @6 $label(id = "Strip gula darah", en = "Glucose strip");
  muacTape @7 $label(id = "Pita LiLA", en = "MUAC tape");
  motherChildBook @8 $label(id = "Buku KIA", en = "Mother and child book");
  malariaTest @9 $label(id = "Tes cepat malaria", en = "Malaria rapid test");
}

enum StockReason {
  received @0 $label(id = "Diterima", en = "Received");
  used @1 $label(id = "Dipakai", en = "Used");
  returned @2 $label(id = "Dikembalikan", en = "Returned");
  wasted @3 $label(id = "Rusak atau kedaluwarsa", en = "Damaged or expired");
  counted @4 $label(id = "Selisih hitung", en = "Difference at a count");
}

enum Danger {
  convulsions @0 $label(id = "Kejang", en = "Convulsions");
  bleeding @1 $label(id = "Perdarahan", en = "Bleeding");
  highFever @2 $label(id = "Demam tinggi", en = "High fever");
  notFeeding @3 $label(id = "Tidak mau menyusu atau makan", en = "Not feeding");
  fastBreathing @4 $label(id = "Napas cepat atau sesak", en = "Fast or hard breathing");
  unconscious @5 $label(id = "Tidak sadar", en = "Unconscious");
  dehydration @6 $label(id = "Diare dengan dehidrasi", en = "Diarrhoea with dehydration");
  oedema @7 $label(id = "Bengkak kedua kaki", en = "Oedema of both feet");
  severeHeadache @8 $label(id = "Sakit kepala hebat atau pandangan kabur",
                           en = "Severe headache or blurred vision");
  watersBroken @9 $label(id = "Ketuban pecah dini", en = "Waters broken early");
  noFetalMovement @10 $label(id = "Gerak janin berkurang", en = "Fewer fetal movements");
  strokeSigns @11 $label(id = "Tanda strok", en = "Signs of stroke");
  chestPain @12 $label(id = "Nyeri dada", en = "Chest pain");
  suspectedOutbreak @13 $label(id = "Dugaan KLB", en = "Suspected outbreak");
}
