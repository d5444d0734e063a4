-- What an authorization request asked for claim by claim (OpenID Connect Core §5.5), JSON; NULL: nothing.
ALTER TABLE grant_record ADD COLUMN claims TEXT;
