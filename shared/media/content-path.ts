/** Where the signed URLs of a disk lead: to the API itself. */
export const mediaContentPath = "/media/content";
