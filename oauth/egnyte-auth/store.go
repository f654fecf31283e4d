package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/internal/wholefile"
	"egnyte-accounts/oauth/keyring"
	"egnyte-accounts/oauth/keyring/agefile"
	"egnyte-accounts/oauth/settings"
)

const (
	storeVariable      = "EGNYTE_ACCOUNTS_STORE"
	passphraseVariable = "EGNYTE_ACCOUNTS_PASSPHRASE_FILE"
)

// toldError is an error with words of its own for the terminal.
type toldError struct {
	text string
	exit int
	err  error
}

func (e *toldError) Error() string { return e.text }
func (e *toldError) Unwrap() error { return e.err }

// place is where accounts are kept: the index in dir, secrets in keyring.
type place struct {
	dir      string
	keyring  keyring.Keyring
	isSystem bool // the keyring is the system's
}

// open is the store of that place. Its calls trust the authorities of the user's own
// settings, wherever the accounts are.
func (p place) open() *account.Store {
	store := account.Open(p.dir, p.keyring)
	if dir, err := settings.Dir(); err == nil {
		store.HTTP = settings.HTTPClient(dir)
	}
	return store
}

// place is the settings folder with the system keyring, or, only where --store
// or EGNYTE_ACCOUNTS_STORE names it, an encrypted file. The file has an index
// of its own beside it: an account there is none of the keyring's. It is one and
// the same throughout, since a file's passphrase is asked for once.
func (p *program) place() (place, error) {
	if p.placed != nil {
		return *p.placed, nil
	}
	found, err := p.findPlace()
	if err == nil {
		p.placed = &found
	}
	return found, err
}

func (p *program) findPlace() (place, error) {
	named := cmp.Or(p.store, os.Getenv(storeVariable))
	if named == "" || named == "keyring" {
		dir, err := settings.Dir()
		if err != nil {
			return place{}, err
		}
		return place{dir, p.system(), true}, nil
	}
	path, isFile := strings.CutPrefix(named, "file:")
	if !isFile || path == "" {
		return place{}, &usageError{fmt.Sprintf("%q is no store: use keyring, or file:PATH", named)}
	}
	if under, ok := strings.CutPrefix(path, "~/"); ok { // a shell expands ~ at the start of a word only
		home, err := os.UserHomeDir()
		if err != nil {
			return place{}, &settings.HomeError{Err: err}
		}
		path = filepath.Join(home, under)
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return place{}, fmt.Errorf("finding the store: %w", err)
	}
	return place{path + ".d", agefile.Open(path, askPassphrase), false}, nil
}

// askPassphrase reads the passphrase from the file that the environment names,
// else from the person at the terminal. It is never a variable itself: every
// program that is started would inherit it.
func askPassphrase(ctx context.Context, isNew bool) (oauth.Secret, error) {
	if path := os.Getenv(passphraseVariable); path != "" {
		data, err := wholefile.ReadPrivate(path)
		line, _, _ := bytes.Cut(data, []byte("\n"))
		line = bytes.TrimSuffix(line, []byte("\r"))
		if err == nil && len(line) == 0 {
			err = errors.New("its first line is empty")
		}
		if failed := (*fs.PathError)(nil); errors.As(err, &failed) {
			err = failed.Err // without the path
		}
		if err != nil {
			return oauth.Secret{}, &toldError{"The file that " + passphraseVariable + " names can't be used: " + err.Error() +
				". It has to be a plain file that only you can read (chmod 600), with the passphrase in its first line.", 1, err}
		}
		return oauth.NewSecret(string(line)), nil
	}
	tty, err := openTerminal()
	if err != nil {
		return oauth.Secret{}, &toldError{"There is no terminal to ask for the passphrase of the store. Put it into a file that only you can read, and its path into " + passphraseVariable + ".", exitNeedPerson, err}
	}
	defer tty.Close()
	if !isNew {
		return readHidden(ctx, tty, "Passphrase of the store: ")
	}
	first, err := readHidden(ctx, tty, "Passphrase for the new store: ")
	if err != nil {
		return oauth.Secret{}, err
	}
	second, err := readHidden(ctx, tty, "The same once more: ")
	if err == nil && !first.Equal(second) {
		err = &usageError{"the two passphrases differ; nothing was written"}
	}
	return first, err
}

// openTerminal is the person's terminal, also where stdin is something else.
func openTerminal() (*os.File, error) {
	name := "/dev/tty"
	if runtime.GOOS == "windows" {
		name = "CONIN$"
	}
	tty, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("opening the terminal: %w", err)
	}
	return tty, nil
}

// readHidden asks without echo, which ends before the question is shown, and
// begins again before this returns, also when ctx ends.
func readHidden(ctx context.Context, tty *os.File, question string) (oauth.Secret, error) {
	show, err := hideTyping(tty.Fd())
	if err != nil {
		return oauth.Secret{}, fmt.Errorf("asking without echo: %w", err)
	}
	defer fmt.Fprintln(os.Stderr)
	defer show()
	fmt.Fprint(os.Stderr, question)
	type answer struct {
		text string
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		text, err := bufio.NewReaderSize(tty, maxLine).ReadString('\n')
		answers <- answer{strings.TrimRight(text, "\r\n"), err}
	}()
	select {
	case a := <-answers:
		if a.err != nil && !errors.Is(a.err, io.EOF) { // Ctrl-D ends a line too
			return oauth.Secret{}, fmt.Errorf("asking without echo: %w", a.err)
		}
		return oauth.NewSecret(a.text), nil
	case <-ctx.Done():
		return oauth.Secret{}, context.Cause(ctx)
	}
}

// storeSentence words what goes wrong with a store in a file; "" for the rest,
// which oauth/advice knows.
func storeSentence(err error) string {
	switch {
	case errors.Is(err, agefile.ErrPassphrase):
		return "The passphrase does not open the store. Nothing was changed."
	case errors.Is(err, agefile.ErrNotAStore):
		return "The file that --store names is no store of accounts, or it is damaged. It was left as it is."
	case errors.Is(err, agefile.ErrNewer):
		return "A newer version of this program wrote the store. Update this one. The store was left as it is."
	}
	return ""
}
