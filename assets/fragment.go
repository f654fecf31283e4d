package assets

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"strings"
	"sync"
)

//go:embed pages/fragment.js
var fragmentJS string

const dots = `<svg class="still" viewBox="0 0 48 48" aria-hidden="true"><path d="M12 24v.1M24 24v.1M36 24v.1"/></svg>`

// FragmentHTML is the page that an implicit grant comes back to. Its script
// posts the address's fragment, which browsers send to no server, to where the
// page came from, and shows the page that it gets in answer.
func FragmentHTML() string { return English.FragmentHTML() }

// FragmentHTML is the function of that name, in the pages' language.
func (p Pages) FragmentHTML() string {
	return strings.Replace(p.HandingOver.HTML(), "</body>", "<script>"+fragmentJS+"</script>\n</body>", 1)
}

// FragmentPolicy is the Content-Security-Policy of FragmentHTML: that of every
// page, and the page's own script, by its hash, which may talk to where the
// page came from.
func FragmentPolicy() string { return fragmentPolicy() }

var fragmentPolicy = sync.OnceValue(func() string {
	hash := sha256.Sum256([]byte(fragmentJS))
	return PagePolicy() + "; script-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) + "'; connect-src 'self'"
})
