package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"egnyte-accounts/oauth"
)

// maxPassword bounds the line that --password-stdin reads, in bytes.
const maxPassword = 4 << 10

// withPassword adds what the password flow sends: from stdin where that was
// asked for, else from the person at the terminal, without echo. It is never an
// argument or a variable: every program that is started could read it.
func (f *signInFlags) withPassword(c *cobra.Command, s oauth.SignIn) (oauth.SignIn, error) {
	if s.Flow != oauth.FlowPassword {
		return s, nil
	}
	s.Username = f.username
	if f.passwordStdin {
		var err error
		s.Password, err = firstLine(c.InOrStdin())
		return s, err
	}
	tty, err := openTerminal()
	if err != nil {
		return s, &toldError{"There is no terminal to ask for the password. Give it to --password-stdin.", exitNeedPerson, err}
	}
	defer tty.Close()
	s.Password, err = readHidden(c.Context(), tty, fmt.Sprintf("Password of %s at %s: ", plain(s.Username), s.Domain))
	if err == nil && s.Password.IsZero() {
		err = &usageError{"no password was typed; nothing was sent"}
	}
	return s, err
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
