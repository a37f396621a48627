// What the server keeps of a text: it takes out control characters and the spaces around (core/web/forms.py), so that
// two texts that differ in these alone are one and the same.
const cleaned = (value) =>
  typeof value === "string"
    ? value
        .replace(/\r\n?/g, "\n")
        .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ud800-\udfff]/gu, "")
        .trim()
    : value;
