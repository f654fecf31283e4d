package localcert

import (
	"bytes"
	"cmp"
	"fmt"
	"path/filepath"
	"slices"

	"egnyte-accounts/oauth/internal/wholefile"
)

// refusedFile lists the places that Setup could not have trust the certificate,
// one a line. The person has seen them then, and is not asked about them again.
const refusedFile = "refused"

func noteRefused(dir string, report Report) error {
	var list bytes.Buffer
	for _, place := range report {
		if place.Outcome != Trusted {
			fmt.Fprintln(&list, place.id())
		}
	}
	if err := wholefile.Write(filepath.Join(dir, refusedFile), list.Bytes()); err != nil {
		return fmt.Errorf("noting which browsers have it: %w", err)
	}
	return nil
}

// untried are the places, by name, that hold nothing of ours and that Setup has
// not met as they are: new ones, and those that it was taken out of.
func untried(dir string, report Report) (names []string) {
	list, _ := wholefile.Read(filepath.Join(dir, refusedFile)) // none says none
	refused := bytes.Split(list, []byte("\n"))
	for _, place := range report {
		known := slices.ContainsFunc(refused, func(line []byte) bool { return string(line) == place.id() })
		if place.Outcome == Untrusted && !known {
			names = append(names, place.Name)
		}
	}
	return names
}

func (p Place) id() string { return cmp.Or(p.Path, p.Name) }
