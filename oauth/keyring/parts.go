package keyring

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"github.com/zalando/go-keyring"
)

// inParts is a backend for systems that limit an item, in bytes. A longer secret is
// kept in several: the first says how many, under which id, and begins the secret.
// The first is written last and replaces the old one in one step, so a crash leaves
// the old secret or the new one.
type inParts struct {
	backend
	size int
}

const partsMark = "parts"

// partsOf are the names of a secret's further items, and the beginning of it.
func partsOf(user, first string) (names []string, begin string) {
	head, rest, found := strings.Cut(first, "\n")
	var id string
	var count int
	if n, _ := fmt.Sscanf(head, partsMark+" %s %d", &id, &count); n != 2 || !found {
		return nil, first
	}
	for i := range count {
		names = append(names, fmt.Sprintf("%s %s.%d", user, id, i))
	}
	return names, rest
}

func (p inParts) Get(service, user string) (string, error) {
	first, err := p.backend.Get(service, user)
	for err == nil {
		names, secret := partsOf(user, first)
		for _, name := range names {
			var part string
			if part, err = p.backend.Get(service, name); err != nil {
				break
			}
			secret += part
		}
		if !errors.Is(err, keyring.ErrNotFound) {
			return secret, err
		}
		before := first
		if first, err = p.backend.Get(service, user); err == nil && first == before {
			return "", keyring.ErrNotFound
		} // else another process has replaced it
	}
	return "", err
}

func (p inParts) Set(service, user, secret string) error {
	first, _ := p.backend.Get(service, user)
	old, _ := partsOf(user, first)
	first = secret
	var names []string
	if len(secret) > p.size {
		begin := p.size / 2 // leaves room for the head
		rest := secret[begin:]
		first = fmt.Sprintf("%s %s %d\n%s", partsMark, rand.Text()[:12], (len(rest)+p.size-1)/p.size, secret[:begin])
		names, _ = partsOf(user, first)
		for _, name := range names {
			part := rest[:min(p.size, len(rest))]
			rest = rest[len(part):]
			if err := p.backend.Set(service, name, part); err != nil {
				p.deleteParts(service, names)
				return err
			}
		}
	}
	if err := p.backend.Set(service, user, first); err != nil {
		p.deleteParts(service, names)
		return err
	}
	p.deleteParts(service, old)
	return nil
}

// Delete deletes the first item last: it names the others.
func (p inParts) Delete(service, user string) error {
	if first, err := p.backend.Get(service, user); err == nil {
		names, _ := partsOf(user, first)
		p.deleteParts(service, names)
	}
	return p.backend.Delete(service, user)
}

// deleteParts ignores errors: a part alone can't be used.
func (p inParts) deleteParts(service string, names []string) {
	for _, name := range names {
		_ = p.backend.Delete(service, name)
	}
}
