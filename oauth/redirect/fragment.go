package redirect

import (
	"crypto/subtle"
	"io"
	"net/http"
	"net/url"
	"strings"

	"egnyte-accounts/assets"
	"egnyte-accounts/oauth"
)

// The implicit grant's answer stands in the address's fragment. A browser
// fetches the address without it, gets a page, and the page's script posts the
// fragment to the same address.

// ExpectFragment makes Receive wait for the implicit grant's answer.
func (r *receiver) ExpectFragment() { r.fragment.Store(true) }

// ExpectFragment makes Offer look for the implicit grant's answer.
func (p *byHand) ExpectFragment() { p.fragment.Store(true) }

// serveFragment answers a request that came to the right place.
func (r *receiver) serveFragment(w http.ResponseWriter, request *http.Request) {
	if request.Method == http.MethodGet {
		r.serveFragmentPage(w, request)
		return
	}
	// Only our own page may post here: any other page in the person's browser
	// can send a form to this machine, but not with this Origin (RFC 6454, 7).
	if request.Header.Get("Origin") != r.address.origin() {
		write(w, http.StatusForbidden, r.pages.Stray)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, request.Body, maxHeader))
	if err != nil {
		write(w, http.StatusBadRequest, r.pages.Stray)
		return
	}
	callback, err := readFragment(string(body), r.state)
	if err != nil {
		write(w, http.StatusBadRequest, r.pages.Stray)
		return
	}
	r.answer(w, request, string(body), callback)
}

// serveFragmentPage also takes an error that came in the query: servers that
// refuse before they know the flow send it there.
func (r *receiver) serveFragmentPage(w http.ResponseWriter, request *http.Request) {
	query := request.URL.RawQuery
	if callback, err := readCallback(query, request.Referer(), r.state); err == nil && callback.Error != "" {
		r.answer(w, request, query, callback)
		return
	}
	if clashes(query) {
		write(w, http.StatusBadRequest, r.pages.Stray)
		return
	}
	writeHTML(w, http.StatusOK, r.pages.FragmentHTML(), assets.FragmentPolicy())
}

// fragmentParameters are what the answer may carry (RFC 6749, 4.2.2).
var fragmentParameters = map[string]bool{"state": true, "access_token": true, "error": true, descriptionName: true, "token_type": true, "expires_in": true, "scope": true}

// readFragment is readCallback for the implicit grant: one state, the right
// one, and either one token or one error; nothing twice.
func readFragment(fragment, state string) (oauth.Callback, error) {
	given, err := readNamed(fragment, fragmentParameters)
	if err != nil {
		return oauth.Callback{}, err
	}
	one := func(name string) string { return strings.Join(given[name], "") }
	for _, values := range given {
		if len(values) > 1 {
			return oauth.Callback{}, errStray
		}
	}
	if subtle.ConstantTimeCompare([]byte(one("state")), []byte(state)) != 1 {
		return oauth.Callback{}, errStray
	}
	switch access, failure := one("access_token"), one("error"); {
	case access != "" && len(given["error"]) == 0:
		return oauth.Callback{Token: &oauth.FragmentToken{
			Access: oauth.NewSecret(access), Type: one("token_type"), ExpiresIn: one("expires_in"), Scope: one("scope"),
		}}, nil
	case failure != "" && len(given["access_token"]) == 0:
		return oauth.Callback{Error: failure, ErrorDescription: one(descriptionName)}, nil
	}
	return oauth.Callback{}, errStray
}

// readPastedFragment is readPasted for the implicit grant: the whole address,
// or its fragment. A token alone is never taken: nothing ties it to this
// sign-in, and there is no exchange that would find it out.
func readPastedFragment(text, redirectURI, state string) (oauth.Callback, error) {
	text = cleaned(text)
	if text == "" {
		return pasteFault(PasteEmpty)
	}
	before, fragment, found := strings.Cut(text, "#")
	if !found && strings.Contains(text, "access_token=") && !strings.Contains(text, "://") {
		before, fragment = "", text
	}
	if before != "" {
		there, err := url.Parse(before)
		if err != nil || !samePlace(there, redirectURI) {
			return pasteFault(PasteOtherPlace)
		}
	}
	if fragment == "" {
		callback, err := readPasted(text, redirectURI, state)
		if err != nil || callback.Error == "" {
			return pasteFault(PasteNoAnswer)
		}
		return callback, nil
	}
	given, err := readNamed(fragment, fragmentParameters)
	if err != nil || len(given["access_token"])+len(given["error"]) == 0 {
		return pasteFault(PasteNoAnswer)
	}
	callback, err := readFragment(fragment, state)
	if err != nil {
		return pasteFault(PasteOtherSignIn)
	}
	return callback, nil
}
