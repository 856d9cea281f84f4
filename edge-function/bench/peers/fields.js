// The fields that the peers encrypt.

export const FIELDS = ["fname", "lname", "email", "ssn", "dob", "phone"];
