#include "client/io/openssl.h"

#include <algorithm>
#include <cstring>
#include <openssl/err.h>
#include <openssl/x509v3.h>

namespace grapevine::client::io {
namespace {

constexpr std::size_t longest_text = 200;  // Of what a stranger's certificate says.

std::string text_in(BIO* bio) {
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio, &text);
    std::string safe(text, std::min(static_cast<std::size_t>(std::max(size, 0L)), longest_text));
    std::replace_if(
        safe.begin(), safe.end(), [](unsigned char c) { return c < 32 || c >= 127; }, '?');
    return safe;
}

std::string subject_of(X509* certificate) {
    const OwnedBio bio(BIO_new(BIO_s_mem()));
    X509_NAME_print_ex(bio.get(), X509_get_subject_name(certificate), 0, XN_FLAG_ONELINE);
    return text_in(bio.get());
}

// "DNS:a.example, IP Address:10.0.0.7", or its subject when it has no such list.
std::string names_of(X509* certificate) {
    const int place = X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1);
    if (place < 0) return subject_of(certificate);
    const OwnedBio bio(BIO_new(BIO_s_mem()));
    X509V3_EXT_print(bio.get(), X509_get_ext(certificate, place), 0, 0);
    return text_in(bio.get());
}

std::string time_in(const ASN1_TIME* time) {
    const OwnedBio bio(BIO_new(BIO_s_mem()));
    ASN1_TIME_print(bio.get(), time);
    return text_in(bio.get());
}

}  // namespace

Complaint take_complaint() {
    const unsigned long code = ERR_get_error();
    ERR_clear_error();
    const char* text = ERR_SYSTEM_ERROR(code) ? std::strerror(ERR_GET_REASON(code))
                                              : ERR_reason_error_string(code);
    return {ERR_GET_LIB(code), ERR_GET_REASON(code), text != nullptr ? text : "unknown error"};
}

std::string refusal_of(X509_STORE_CTX* store, const std::string& wanted) {
    const int error = X509_STORE_CTX_get_error(store);
    std::string why = X509_verify_cert_error_string(error);
    X509* certificate = X509_STORE_CTX_get_current_cert(store);
    if (certificate == nullptr) return "the server's certificate is not accepted: " + why;
    if (error == X509_V_ERR_HOSTNAME_MISMATCH || error == X509_V_ERR_IP_ADDRESS_MISMATCH)
        return "the server's certificate is for " + names_of(certificate) + " and not for " +
               wanted;
    if (error == X509_V_ERR_CERT_HAS_EXPIRED)
        why += " on " + time_in(X509_get0_notAfter(certificate));
    if (error == X509_V_ERR_CERT_NOT_YET_VALID)
        why += " before " + time_in(X509_get0_notBefore(certificate));
    return "the certificate of " + subject_of(certificate) + " is not accepted: " + why;
}

}  // namespace grapevine::client::io
