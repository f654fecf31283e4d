package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"egnyte-accounts/oauth"
)

// maxPassword bounds the line that --password-stdin reads, in bytes.
const maxPassword = 4 << 10

// Password reads the password from stdin if that was asked for, else from the user at
// the terminal, without echo. It is never an argument or a variable: every program that
// is started could read it.
func (t *terminal) Password(ctx context.Context, username string, domain oauth.Domain) (oauth.Secret, error) {
	if t.flags.passwordStdin {
		return firstLine(t.in)
	}
	tty, err := openTerminal()
	if err != nil {
		return oauth.Secret{}, &toldError{"There is no terminal to ask for the password. Give it to --password-stdin.", exitNeedPerson, err}
	}
	defer tty.Close()
	password, err := readHidden(ctx, tty, fmt.Sprintf("Password of %s at %s: ", plain(username), domain))
	if err == nil && password.IsZero() {
		err = &usageError{"no password was typed; nothing was sent"}
	}
	return password, err
}

func firstLine(from io.Reader) (oauth.Secret, error) {
	line, err := bufio.NewReaderSize(io.LimitReader(from, maxPassword+1), maxPassword+1).ReadSlice('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return oauth.Secret{}, fmt.Errorf("reading the password: %w", err)
	}
	for len(line) > 0 && (line[len(line)-1] == '\n' || line[len(line)-1] == '\r') {
		line = line[:len(line)-1]
	}
	if len(line) == 0 || len(line) > maxPassword {
		return oauth.Secret{}, &usageError{"--password-stdin needs the password as the first line of stdin; nothing was sent"}
	}
	secret := oauth.NewSecret(string(line))
	clear(line)
	return secret, nil
}
